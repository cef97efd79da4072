/** What others install to receive webhooks in Node. */
export type { Authentication } from './authentication.ts';
export {
  type BounceEvent,
  type ClickEvent,
  type EventsByType,
  isOfType,
  type MailingEvent,
  type OpenEvent,
  type ReceivedEvent,
  type SentEvent,
  type SpamComplaintEvent,
  type UnsubscribeEvent,
} from './events.ts';
export { type ExpressHandler, expressHandler } from './expressHandler.ts';
export { type NodeHandler, nodeHandler } from './nodeHandler.ts';
export {
  createReceiver,
  type Incoming,
  type Receiver,
  type ReceiverOptions,
  type Verdict,
} from './receiver.ts';
export { createMemorySeen, type SeenStore } from './seen.ts';
