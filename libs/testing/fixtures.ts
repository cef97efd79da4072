import { randomUUID } from 'node:crypto';
import type { EventType } from '#libs/domain/eventType.ts';
import { SAMPLE_EVENTS, type SampledType } from '#libs/domain/sampleEvents.ts';

/** An event as a mail engine adds it to a queue. */
export interface EngineEvent {
  readonly type: EventType;
  readonly clientId: number;
  readonly created: number;
  readonly [field: string]: unknown;
}

const CLIENT_ID = 123456789001;

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
