import { encodeChunk, oldestClock, packChunk } from '#libs/backlog/chunk.ts';
import type { EventType } from '#libs/domain/eventType.ts';
import { type Loaded, load } from '../batch.ts';

/** A unit of the backlog as a run holds it. Event texts are the unit's id and their number. */
export function unit(
  id: string,
  {
    events = 1,
    failed = 0,
    clocks = Array<number>(events).fill(1_000),
    type = 'open',
    source = 'entry',
    now = 0,
    ttlMs = 1_000_000,
  }: {
    events?: number;
    failed?: number;
    clocks?: readonly number[];
    type?: EventType;
    source?: 'entry' | 'part';
    now?: number;
    ttlMs?: number;
  } = {},
): Loaded {
  const chunk = packChunk(
    type,
    clocks.map((created, at) => ({ created, text: `{"id":"${id}${at}"` })),
  );
  const pending = {
    id,
    source,
    events: clocks.length,
    oldestClock: oldestClock(chunk),
    failed,
    bytes: encodeChunk(chunk),
  } as const;
  return load(pending, now, ttlMs);
}

export const ids = (units: readonly Loaded[]) => units.map(({ pending }) => pending.id).join(' ');
