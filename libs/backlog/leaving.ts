import { type Chunk, encodeChunk } from './chunk.ts';
import type { Pending } from './pending.ts';

/** A unit that leaves the backlog, and those of its events that were discarded: nobody got them. */
export type Leaving = Pending & { readonly discarded?: Chunk };

/**
 * How many chunks of discarded events a shard holds in Redis for those who keep them, until MySQL has them: about
 * 110 MB of full ones. What is discarded beyond is not kept, but counted.
 */
export const MAX_HANDED_OVER = 20_000;

/** What a script needs to remove a unit, and to hand its discarded events over in the same step. */
export function leavingArgs(leaving: Leaving, keepDiscarded: boolean): (string | number | Buffer)[] {
  const { id, events, source, discarded } = leaving;
  const removal = [id, events, source === 'part' ? '1' : '0'];
  if (!discarded || !keepDiscarded) return [...removal, 0, ''];
  const count = discarded.clocks.length;
  return [...removal, count, count === events ? leaving.bytes : encodeChunk(discarded)];
}
