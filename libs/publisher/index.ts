/** What a mail engine installs. */
export { closeOnExit, type ExitOptions } from './closeOnExit.ts';
export type {
  BounceEvent,
  ClickEvent,
  EventsByType,
  MailEvent,
  OpenEvent,
  RecipientEvent,
  SentEvent,
  SpamComplaintEvent,
  UnsubscribeEvent,
} from './events.ts';
export { DEFAULT_LIMITS, type PublisherLimits } from './limits.ts';
export { PublishError } from './publishError.ts';
export { createPublisher, type Publisher, type PublisherOptions } from './publisher.ts';
export { EVENT_TYPES, eventQueueName, type MailEventType } from './queueNames.ts';
