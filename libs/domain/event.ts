import { type EventType, isEventType } from './eventType.ts';

/**
 * An event as it travels: the three fields that Postrider reads, and the whole event as JSON text that is
 * never parsed again. `text` lacks `attempt` and the closing brace, so that the batch can append the
 * attempt of the moment (contract §3) by joining strings.
 */
export interface Event {
  readonly type: EventType;
  readonly clientId: number;
  /** Epoch ms; the event's time to live counts from here. */
  readonly created: number;
  readonly text: string;
}

export type ParsedEvent =
  | { readonly ok: true; readonly event: Event }
  | { readonly ok: false; readonly reason: string };

const MAX_SHOWN = 40;

/** Reads an untrusted event (contract §2), of any type or of a queue's own. Unknown fields stay as they came. */
export function parseEvent(value: unknown, expectedType?: EventType): ParsedEvent {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return invalid(`an event must be a JSON object, got ${describe(value)}`);
  }
  const { type, clientId, created, attempt } = value as Record<string, unknown>;
  if (!isEventType(type)) return invalid(`"type" must be a known event type, got ${describe(type)}`);
  if (expectedType !== undefined && type !== expectedType) {
    return invalid(`"type" must be "${expectedType}" in this queue, got "${type}"`);
  }
  if (!isPositiveInteger(clientId)) {
    return invalid(`"clientId" must be a positive integer, got ${describe(clientId)}`);
  }
  if (!isPositiveInteger(created)) {
    return invalid(`"created" must be epoch milliseconds (a positive integer), got ${describe(created)}`);
  }
  const text = JSON.stringify(attempt === undefined ? value : withoutAttempt(value));
  return { ok: true, event: { type, clientId, created, text: text.slice(0, -1) } };
}

function withoutAttempt(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== 'attempt'));
}

function invalid(reason: string): ParsedEvent {
  return { ok: false, reason };
}

function isPositiveInteger(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

/** Names the value without ever showing what may be an address: only numbers and short plain words. */
function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') {
    const plain = value.length <= MAX_SHOWN && /^[\w .:-]*$/.test(value);
    return plain ? `"${value}"` : `a text of ${value.length} characters`;
  }
  return Array.isArray(value) ? 'an array' : 'an object';
}
