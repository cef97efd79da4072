/** The event types of Postrider. Written out here because this library is installed on its own. */
export const EVENT_TYPES = [
  'open',
  'click',
  'sent',
  'bounce',
  'unsubscribe',
  'spamcomplaint',
  'singleoptin',
  'confirmedoptin',
  'doubleoptin',
  'blocklist',
  'archive',
  'filteredbyblocklist',
  'webhooknode',
] as const;

export type MailEventType = (typeof EVENT_TYPES)[number];

/** The BullMQ queue that takes the events of `type`, for producers in any language. */
export function eventQueueName(type: MailEventType): string {
  return `events-${type}`;
}

export const EVENT_QUEUE_NAMES: readonly string[] = EVENT_TYPES.map(eventQueueName);

/**
 * BullMQ keeps a stream of what happens in each queue, about 10,000 entries unless told otherwise, and the
 * last `Queue` that is made sets it for all. Nobody reads these, so every one of ours asks for few.
 */
export const QUEUE_STREAMS = { events: { maxLen: 100 } } as const;
