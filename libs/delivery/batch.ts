import { type Chunk, jsonOfAttempt, pick } from '#libs/backlog/chunk.ts';
import type { Leaving } from '#libs/backlog/leaving.ts';
import { chunkOf, type NewPart, type Pending, partOf } from '#libs/backlog/pending.ts';
import type { EventType } from '#libs/domain/eventType.ts';
import { isExpired, partitionExpired } from './expiry.ts';

/** One unit of the backlog with its events unpacked; `expired` ones are not sent, and go when the unit goes. */
export interface Loaded {
  readonly pending: Pending;
  readonly alive: Chunk;
  readonly expired: Chunk | null;
}

/** What one POST carries. */
export interface Batch {
  readonly source: 'batch' | 'part';
  readonly units: readonly Loaded[];
  readonly events: number;
  /** The smallest and the largest number of an event's current transmission attempt, from 1. */
  readonly attemptMin: number;
  readonly attemptMax: number;
}

export function load(pending: Pending, now: number, ttlMs: number): Loaded {
  const chunk = chunkOf(pending);
  if (!isExpired(pending.oldestClock, now, ttlMs)) return { pending, alive: chunk, expired: null };
  const { alive, expired } = partitionExpired(chunk, now, ttlMs);
  return { pending, alive: pick(chunk, alive), expired: pick(chunk, expired) };
}

/** A part that was made in this run. */
export function loadedPart(part: NewPart): Loaded {
  return { pending: partOf(part), alive: part.chunk, expired: null };
}

/** Whether none of a unit's events may be sent any more. */
export function isDead({ alive }: Loaded): boolean {
  return alive.clocks.length === 0;
}

/** A unit that goes, with its events that are too old: those are discarded. */
export function leavingOf({ pending, expired }: Loaded): Leaving {
  return expired ? { ...pending, discarded: expired } : pending;
}

/** Groups units into batches of at most `batchSize` events, in their order. */
export function groupBatches(units: readonly Loaded[], batchSize: number): Batch[] {
  const groups: Loaded[][] = [];
  let open: Loaded[] = [];
  let events = 0;
  for (const unit of units) {
    const size = unit.alive.clocks.length;
    if (open.length > 0 && events + size > batchSize) {
      groups.push(open);
      open = [];
      events = 0;
    }
    open.push(unit);
    events += size;
  }
  if (open.length > 0) groups.push(open);
  return groups.map((group) => toBatch('batch', group));
}

export function toBatch(source: 'batch' | 'part', units: readonly Loaded[]): Batch {
  const attempts = units.map(({ pending }) => pending.failed + 1);
  return {
    source,
    units,
    events: units.reduce((sum, { alive }) => sum + alive.clocks.length, 0),
    attemptMin: Math.min(...attempts),
    attemptMax: Math.max(...attempts),
  };
}

const OPEN = Buffer.from('[');
const COMMA = Buffer.from(',');
const CLOSE = Buffer.from(']');

/** The POST's body: a JSON array of the events as they came, each with its current attempt (contract §3). */
export function renderBatch({ units }: Batch): Buffer {
  const pieces = units.flatMap(({ pending, alive }, i) => {
    return [i === 0 ? OPEN : COMMA, jsonOfAttempt(alive, pending.failed + 1)];
  });
  return Buffer.concat([...pieces, CLOSE]);
}

/** How many events of each type, for the metrics. */
export function countTypes(chunks: readonly Chunk[]): ReadonlyMap<EventType, number> {
  const counts = new Map<EventType, number>();
  for (const { type, clocks } of chunks) counts.set(type, (counts.get(type) ?? 0) + clocks.length);
  return counts;
}
