import type { Chunk } from '#libs/backlog/chunk.ts';

/** Whether an event's time is over: `ttlMs` after its clock started, it is discarded (seed; contract §3). */
export function isExpired(clock: number, now: number, ttlMs: number): boolean {
  return now >= clock + ttlMs;
}

/** The positions of a chunk's events whose time is not over, and of those whose is. */
export function partitionExpired(
  chunk: Chunk,
  now: number,
  ttlMs: number,
): { alive: number[]; expired: number[] } {
  const alive: number[] = [];
  const expired: number[] = [];
  chunk.clocks.forEach((clock, at) => {
    (isExpired(clock, now, ttlMs) ? expired : alive).push(at);
  });
  return { alive, expired };
}
