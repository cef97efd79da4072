/** The event types of contract §1: the seed's six, what the original has since added, and app connections. */
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

export type EventType = (typeof EVENT_TYPES)[number];

const known: ReadonlySet<unknown> = new Set(EVENT_TYPES);

export function isEventType(value: unknown): value is EventType {
  return known.has(value);
}
