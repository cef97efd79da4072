import { EVENT_TYPES, type MailEventType } from './queueNames.ts';

/**
 * What a mail engine publishes: three fields that Postrider reads, and whatever else the customer shall get,
 * which is passed on unchanged. Integers beyond 2^53 lose digits on the way: send such ids as strings.
 */
export interface MailEvent {
  readonly type: MailEventType;
  readonly clientId: number;
  /** Epoch milliseconds. */
  readonly created: number;
  readonly [field: string]: unknown;
}

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
