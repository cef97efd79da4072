import { type Chunk, cut, joinChunks, pick } from '#libs/backlog/chunk.ts';
import type { NewPart } from '#libs/backlog/pending.ts';
import { isDead, type Loaded } from './batch.ts';

/** Above this many parts a webhook's refused batches stay in its backlog. */
export const MAX_PARTS = 1000;

/** How many refused parts in a row one run tries before it leaves the others for the next interval. */
export const MAX_REFUSED_PARTS = 8;

export interface Cutting {
  /** When the parts are due, epoch ms. */
  readonly dueAt: number;
  readonly newId: () => string;
  readonly batchSize: number;
}

/**
 * Cuts what the target refuses into the parts that are retried by themselves: the events of each attempt number in
 * two halves (a single event is a part of its own). What was never tried stays where it is.
 */
export function isolate(
  passedOver: readonly Loaded[],
  cutting: Cutting,
): { replaced: Loaded[]; parts: NewPart[] } {
  const replaced = passedOver.filter((unit) => unit.pending.failed > 0 && !isDead(unit));
  const byKind = Map.groupBy(replaced, ({ pending, alive }) => `${alive.type} ${pending.failed}`);
  const parts = [...byKind.values()].flatMap((units) => {
    const [first] = units;
    if (!first) return [];
    const chunk = joinChunks(
      first.alive.type,
      units.map(({ alive }) => alive),
    );
    return halves(chunk, first.pending.failed, cutting);
  });
  return { replaced, parts };
}

/** The same, but the first part is a single event: a sample, to see whether the target takes anything at all. */
export function isolateSample(
  refused: readonly Loaded[],
  cutting: Cutting,
): { replaced: Loaded[]; parts: NewPart[] } {
  const { replaced, parts } = isolate(refused, cutting);
  const [first, ...others] = parts;
  if (!first || first.chunk.clocks.length === 1) return { replaced, parts };
  const [, ...positions] = first.chunk.clocks.keys();
  const sample = { ...first, id: cutting.newId(), chunk: pick(first.chunk, [0]) };
  return { replaced, parts: [sample, { ...first, chunk: pick(first.chunk, positions) }, ...others] };
}

/** A chunk in two halves (smaller pieces when a half is no batch), or whole when it is a single event. */
export function halves(chunk: Chunk, failed: number, { dueAt, newId, batchSize }: Cutting): NewPart[] {
  const size = Math.max(1, Math.min(batchSize, Math.ceil(chunk.clocks.length / 2)));
  return cut(chunk, size).map((half) => ({ id: newId(), chunk: half, dueAt, failed }));
}
