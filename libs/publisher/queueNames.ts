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

const HASH_TAG = /\{[^}]+\}/;

/**
 * BullMQ wants all keys of a queue in one slot of a Redis Cluster. There a queue's name is in braces, which makes it the
 * hash tag of its keys, so that the cluster may spread the queues; unless the prefix has one for all of them.
 */
export function queueNameOn(redis: { readonly isCluster: boolean }, prefix: string, name: string): string {
  return redis.isCluster && !HASH_TAG.test(prefix) ? `{${name}}` : name;
}

/**
 * BullMQ keeps a stream of what happens in each queue, about 10,000 entries unless told otherwise, and the
 * last `Queue` that is made sets it for all. Nobody reads these, so every one of ours asks for few.
 */
export const QUEUE_STREAMS = { events: { maxLen: 100 } } as const;
