import { type ParsedEvent, parseEvent } from '#libs/domain/event.ts';
import type { EventType } from '#libs/domain/eventType.ts';

/** The events of a job as they came (`values`), and what came of reading each. */
export interface ReadableJob {
  readonly ok: true;
  readonly values: readonly unknown[];
  readonly parsed: readonly ParsedEvent[];
}

export type ParsedJob = ReadableJob | { readonly ok: false; readonly reason: string };

/** Of one job. */
export const MAX_EVENTS = 1_000;
const REASONS_SHOWN = 3;

/** Reads the untrusted data of a job in the queue for `type` (contract §2): one event, or `{ events: […] }`. */
export function parseJobData(data: unknown, type: EventType): ParsedJob {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    return unreadable('it is neither');
  }
  if (!isPacked(data)) return { ok: true, values: [data], parsed: [parseEvent(data, type)] };
  const { events } = data;
  if (!Array.isArray(events)) return unreadable('"events" is not an array');
  if (events.length < 1 || events.length > MAX_EVENTS) {
    return unreadable(`"events" has ${events.length} elements`);
  }
  return { ok: true, values: events, parsed: events.map((event) => parseEvent(event, type)) };
}

/** How many events the data may hold, before it is read. */
export function countEvents(data: unknown): number {
  const isObject = typeof data === 'object' && data !== null;
  return isObject && isPacked(data) && Array.isArray(data.events) ? data.events.length : 1;
}

/** An event may have a field "events" of its own, but what has no "type" is none. */
function isPacked(data: object): data is { readonly events: unknown } {
  return 'events' in data && !('type' in data);
}

/** For the person who finds the rejected events, and only them, in the failed set. */
export function describeRejected(reasons: readonly string[], countOfAll: number): string {
  if (countOfAll === 1) return `The event is invalid: ${reasons[0]}.`;
  const shown = reasons.slice(0, REASONS_SHOWN).map((reason, index) => `events[${index}]: ${reason}`);
  const more = reasons.length > REASONS_SHOWN ? `; and ${reasons.length - REASONS_SHOWN} more` : '';
  const rest = reasons.length < countOfAll ? ' (the valid ones went on and are no longer in this job)' : '';
  return `${reasons.length} of ${countOfAll} events are invalid${rest}: ${shown.join('; ')}${more}.`;
}

function unreadable(problem: string): ParsedJob {
  const allowed = `an event or { "events": [...] } with 1 to ${MAX_EVENTS} events`;
  return { ok: false, reason: `The job's data must be ${allowed}, but ${problem}.` };
}
