import { randomUUID } from 'node:crypto';
import { type Event, parseEvent } from '#libs/domain/event.ts';
import type { EventType } from '#libs/domain/eventType.ts';
import { SAMPLE_EVENTS, type SampledType } from '#libs/domain/sampleEvents.ts';
import type { Webhook } from '#libs/domain/webhook.ts';

/** An event as a mail engine adds it to a queue. */
export interface EngineEvent {
  readonly type: EventType;
  readonly clientId: number;
  readonly created: number;
  readonly [field: string]: unknown;
}

export const CLIENT_ID = 123456789001;

/** A fresh event, shaped as the sample of its type: created now, with an id of its own, without `attempt`. */
export function makeEvent(overrides: Partial<EngineEvent> = {}): EngineEvent {
  const type = overrides.type ?? 'open';
  const [sample] = SAMPLE_EVENTS[type in SAMPLE_EVENTS ? (type as SampledType) : 'open'];
  const { attempt, ...fields } = { attempt: 0, ...sample };
  return { ...fields, id: randomUUID(), clientId: CLIENT_ID, created: Date.now(), ...overrides, type };
}

export function makeEvents(count: number, overrides: Partial<EngineEvent> = {}): EngineEvent[] {
  return Array.from({ length: count }, () => makeEvent(overrides));
}

/** The same, as the router sees it: parsed. */
export function makeParsedEvent(overrides: Partial<EngineEvent> = {}): Event {
  const event = makeEvent(overrides);
  const parsed = parseEvent(event, event.type);
  if (!parsed.ok) throw new Error(`The fixture is no valid event: ${parsed.reason}`);
  return parsed.event;
}

export function makeWebhook(overrides: Partial<Webhook> = {}): Webhook {
  return {
    id: 1,
    clientId: CLIENT_ID,
    type: 'open',
    status: 'activated',
    format: 'json',
    targetUrl: 'https://customer.example/events',
    authentication: { type: 'none' },
    created: new Date('2026-01-01T00:00:00Z'),
    modified: new Date('2026-01-01T00:00:00Z'),
    ...overrides,
  };
}
