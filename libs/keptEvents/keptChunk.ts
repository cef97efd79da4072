import { type Chunk, linesOf } from '#libs/backlog/chunk.ts';

/** Why events are kept: nobody took them in time, or they were delivered and the deployment archives. */
export const KEPT_REASONS = ['expired', 'delivered'] as const;
export type KeptReason = (typeof KEPT_REASONS)[number];

/** A chunk to keep. */
export interface KeptChunk {
  readonly webhookId: number;
  /** Of the unit of the backlog that held it. With webhook and reason, it says what was kept already. */
  readonly unitId: string;
  readonly reason: KeptReason;
  readonly keptAt: Date;
  readonly events: number;
  /** An encoded chunk. */
  readonly bytes: Buffer;
}

/** Which events are wanted: those created in [from, to), or those with one of these ids. Times are epoch ms. */
export type Selection =
  | { readonly kind: 'created'; readonly from: number; readonly to: number }
  | { readonly kind: 'ids'; readonly ids: ReadonlySet<string> };

/**
 * When each event was created, epoch ms. That is its clock, unless it was resent: then the event itself still says
 * when it was created. Pure.
 */
export function createdTimes(chunk: Chunk): number[] {
  return linesOf(chunk).map((line, at) => {
    const clock = chunk.clocks[at] ?? 0;
    return line.includes(`"created":${clock}`) ? clock : Number(parseLine(line).created);
  });
}

/** The positions of the selected events, and the ids of those that were selected by their id. Pure. */
export function select(chunk: Chunk, selection: Selection): { positions: number[]; ids: string[] } {
  if (selection.kind === 'created') {
    const { from, to } = selection;
    const positions = createdTimes(chunk).flatMap((created, at) => {
      return created >= from && created < to ? [at] : [];
    });
    return { positions, ids: [] };
  }
  const found = linesOf(chunk).flatMap((line, at) => {
    const { id } = parseLine(line);
    const isId = typeof id === 'string' || typeof id === 'number';
    return isId && selection.ids.has(String(id)) ? [{ at, id: String(id) }] : [];
  });
  return { positions: found.map(({ at }) => at), ids: found.map(({ id }) => id) };
}

/** The positions that are not among `positions`. Pure. */
export function othersOf({ clocks }: Chunk, positions: readonly number[]): number[] {
  const chosen = new Set(positions);
  return [...clocks.keys()].filter((at) => !chosen.has(at));
}

/** An event's own fields; it was an object when it came in. */
function parseLine(line: string): { readonly id?: unknown; readonly created?: unknown } {
  return JSON.parse(Buffer.from(line, 'latin1').toString('utf8'));
}
