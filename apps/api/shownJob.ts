import type { Standing } from '#libs/backlog/standings.ts';
import { type EventType, isEventType } from '#libs/domain/eventType.ts';

/** Of a job's up to 1,000 events; a page shows many jobs. */
const MAX_SHOWN_EVENTS = 20;
/** As a field's name looks; what looks otherwise may be somebody's address in the wrong place. */
const FIELD_NAME = /^[A-Za-z_]\w{0,39}$/;

/**
 * What the dashboard shows of a job with events: which fields an event has, and the values of those that Postrider
 * itself reads. The others hold addresses of recipients. It is no event itself, so that added again it is rejected.
 * Pure, of untrusted data.
 */
export function shownEvents(data: unknown): object {
  const events = eventsIn(data);
  return {
    numberOfEvents: events.length,
    shownEvents: events.slice(0, MAX_SHOWN_EVENTS).map(shownEvent),
  };
}

export function eventsJobName(type: EventType, data: unknown): string {
  const { length } = eventsIn(data);
  return `${length} ${length === 1 ? 'event' : 'events'} of type ${type}`;
}

function eventsIn(data: unknown): readonly unknown[] {
  const isPacked = isObject(data) && 'events' in data && Array.isArray(data.events);
  return isPacked ? (data.events as unknown[]) : [data];
}

function shownEvent(event: unknown): object | string {
  if (!isObject(event)) return event === null ? 'null' : `no object (${typeof event})`;
  const { type, clientId, created, ...others } = event;
  const names = Object.keys(others);
  const shown = names.filter((name) => FIELD_NAME.test(name));
  return {
    type: isEventType(type) ? type : '(not a known type)',
    ...(typeof clientId === 'number' ? { clientId } : { clientId: '(no number)' }),
    ...(typeof created === 'number' ? { created } : { created: '(no number)' }),
    otherFields: shown,
    ...(shown.length < names.length && { fieldsNotShown: names.length - shown.length }),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function deliveryJobName(webhookId: number, { pending, failures, lastError }: Standing): string {
  const waits = `Webhook ${webhookId}: ${pending} ${pending === 1 ? 'event waits' : 'events wait'}`;
  if (failures === 0) return waits;
  return `${waits}, failed ${failures === 1 ? 'once' : `${failures} times`} (${lastError ?? 'unknown'})`;
}

/** How far a webhook's delivery is. */
export function deliveryProgress(standing: Standing): object {
  const { pending, failures, nextTryAt, lastSuccessAt, lastFailureAt, lastError } = standing;
  return {
    pendingEvents: pending,
    failuresInARow: failures,
    nextTry: isoOf(nextTryAt),
    lastSuccess: isoOf(lastSuccessAt),
    lastFailure: isoOf(lastFailureAt),
    lastError,
  };
}

function isoOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
