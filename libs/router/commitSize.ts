import type { RoutedChunk } from './backlogSink.ts';
import { MAX_EVENTS } from './parseJobData.ts';

/** What a commit of jobs with few events each takes: completing these takes its time. */
const MAX_WEIGHT = 1_000;
/** Full ones. With fewer, what their events have over full chunks is more: a sixth more POSTs with one. */
const PACKED_JOBS = 4;
/** Where each webhook gets few events, it is the number of webhooks that costs, not that of events. */
const PACKED_JOBS_WHEN_THIN = 8;
/** A chunk of a thin commit has fewer events, on average. */
const THIN_CHUNK_EVENTS = 10;
/** Of all chunks of a commit: with more, twice as much at a time would be too much for a worker's memory. */
const MAX_CHARACTERS_WHEN_THIN = 64 * 1_048_576;

/**
 * How many jobs a commit takes: it bounds what is written at a time, how long the next jobs wait for it, and what comes
 * twice when the worker dies after a commit and before its jobs are completed.
 */
export class CommitSize {
  readonly maxWeight = MAX_WEIGHT;
  #packedJobs = PACKED_JOBS;

  /** Of a job with so many events. */
  weigh(events: number): number {
    return Math.min(events, MAX_WEIGHT / this.#packedJobs);
  }

  /** How many events of a queue may be in memory: the next commit gathers while one is written. */
  maxEvents(): number {
    return 2 * this.#packedJobs * MAX_EVENTS;
  }

  /** Learns how a commit's events were spread over webhooks; a small one says little. */
  note(chunks: readonly RoutedChunk[]): void {
    const events = chunks.reduce((sum, chunk) => sum + chunk.events.length, 0);
    if (events < MAX_WEIGHT) return;
    const isThin = events < THIN_CHUNK_EVENTS * chunks.length;
    this.#packedJobs = isThin && isLight(chunks) ? PACKED_JOBS_WHEN_THIN : PACKED_JOBS;
  }
}

function isLight(chunks: readonly RoutedChunk[]): boolean {
  let characters = 0;
  for (const { events } of chunks) {
    for (const { text } of events) characters += text.length;
  }
  return characters <= MAX_CHARACTERS_WHEN_THIN;
}
