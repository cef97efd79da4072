import type { Cluster, Redis } from 'ioredis';
import { type Chunk, decodeChunk, oldestClock } from '../chunk.ts';
import type { KeyLayout } from '../keys.ts';
import { chunkOf, decodePart } from '../pending.ts';

/** What of a webhook lies in Redis, read past all scripts. */
export interface Contents {
  readonly units: readonly {
    readonly id: string;
    readonly source: 'entry' | 'part';
    readonly chunk: Chunk;
  }[];
  readonly state: Readonly<Record<string, string>>;
  readonly attempts: Readonly<Record<string, string>>;
  readonly due: Readonly<Record<string, number>>;
  /** What the shard knows of it; null where it knows nothing. */
  readonly pending: number | null;
  readonly waiting: number | null;
  readonly oldest: number | null;
}

export async function inspectBacklog(
  redis: Redis | Cluster,
  layout: KeyLayout,
  webhookId: number,
): Promise<Contents> {
  const keys = layout.of(webhookId);
  const [entries, parts, aside, state, attempts, pending, waiting, oldest] = await Promise.all([
    redis.xrangeBuffer(keys.backlog, '-', '+'),
    redis.hgetallBuffer(keys.parts),
    redis.zrange(keys.aside, '0', '-1', 'WITHSCORES'),
    redis.hgetall(keys.state),
    redis.hgetall(keys.attempts),
    redis.hget(keys.pending, String(webhookId)),
    redis.zscore(keys.waiting, webhookId),
    redis.zscore(keys.oldest, webhookId),
  ]);
  return {
    units: [
      ...entries.map(([id, fields]) => ({
        id: id.toString(),
        source: 'entry' as const,
        chunk: checkedChunk(fields.map((field) => field)),
      })),
      ...Object.entries(parts).map(([id, value]) => ({
        id,
        source: 'part' as const,
        chunk: chunkOf(decodePart(id, value, 0)),
      })),
    ],
    state,
    attempts,
    due: Object.fromEntries(aside.flatMap((id, at) => (at % 2 === 0 ? [[id, Number(aside[at + 1])]] : []))),
    pending: pending === null ? null : Number(pending),
    waiting: waiting === null ? null : Number(waiting),
    oldest: oldest === null ? null : Number(oldest),
  };
}

/** The fields of an entry are the chunk, its number of events and its oldest clock, as the scripts need them. */
function checkedChunk([, bytes, , events, , oldest]: readonly Buffer[]): Chunk {
  const chunk = decodeChunk(bytes ?? Buffer.of());
  if (Number(events) !== chunk.clocks.length || Number(oldest) !== oldestClock(chunk)) {
    throw new Error(`An entry says ${events} events since ${oldest}, and holds ${chunk.clocks}`);
  }
  return chunk;
}

/** What contradicts itself in there: nothing ever, whatever was called, crashed or came late. */
export function contradictions({
  units,
  due,
  pending,
  waiting,
  state,
  attempts,
  oldest,
}: Contents): string[] {
  const events = units.reduce((sum, { chunk }) => sum + chunk.clocks.length, 0);
  const parts = units.filter(({ source }) => source === 'part').map(({ id }) => id);
  const nothing = units.length === 0;
  const found = {
    [`${pending} events are counted as pending, ${events} are there`]: (pending ?? 0) !== events,
    'parts and their due times differ': parts.toSorted().join() !== Object.keys(due).toSorted().join(),
    'events wait, but nobody looks after them': !nothing && waiting === null,
    'nothing waits, but somebody is to look after it': nothing && waiting !== null,
    'nothing waits, but it is counted': nothing && (pending !== null || oldest !== null),
    'attempts are counted, but the state denies it': Object.keys(attempts).length > 0 && !state.failed,
  };
  return Object.entries(found).flatMap(([problem, holds]) => (holds ? [problem] : []));
}
