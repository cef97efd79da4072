import type { MailEvent } from './events.ts';
import { EVENT_TYPES } from './queueNames.ts';

export type { MailEvent } from './events.ts';

/** An event, its JSON, and the room that it takes in a job. */
export interface SizedEvent {
  readonly event: MailEvent;
  readonly text: string;
  readonly bytes: number;
}

const known: ReadonlySet<unknown> = new Set(EVENT_TYPES);

/** Refuses what can't be put into a queue at all; the rest is judged by Postrider, event by event. */
export function sizeEvents(events: readonly MailEvent[]): SizedEvent[] {
  return events.map((event, index) => {
    if (typeof event !== 'object' || event === null || !known.has(event.type)) {
      const types = EVENT_TYPES.join(', ');
      throw new TypeError(`events[${index}] must be an object whose "type" is one of ${types}`);
    }
    try {
      const text = JSON.stringify(event);
      return { event, text, bytes: Buffer.byteLength(text) };
    } catch (cause) {
      throw new TypeError(`events[${index}] can't be written as JSON: ${messageOf(cause)}`, { cause });
    }
  });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
