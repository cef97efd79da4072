import type { RoutedChunk } from './backlogSink.ts';

/** What a commit of jobs with few events each takes: completing these takes its time. */
const MAX_WEIGHT = 1_000;
/** Of 1,000 events each. With fewer, what their events have over full chunks is more: a sixth more POSTs with one. */
const PACKED_JOBS = 4;
/** Where each webhook gets few events, it is the number of webhooks that costs, not that of events. */
const PACKED_JOBS_WHEN_THIN = 8;
/** A chunk of a thin commit has fewer events, on average. */
const THIN_CHUNK_EVENTS = 10;
/** Of all chunks of a commit: with more, twice as much at a time would be too much for a worker's memory. */
const MAX_CHARACTERS_WHEN_THIN = 64 * 1_048_576;
const EVENTS_OF_PACKED_JOB = 1_000;

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
    return 2 * this.#packedJobs * EVENTS_OF_PACKED_JOB;
  }

  /** Learns how a commit's events were spread over webhooks; a small one says little. */
  note(chunks: readonly RoutedChunk[]): void {
    const written = chunks.flatMap(({ events }) => events);
    if (written.length < MAX_WEIGHT) return;
    const characters = written.reduce((sum, { text }) => sum + text.length, 0);
    const isThin = written.length < THIN_CHUNK_EVENTS * chunks.length;
    const isLight = characters <= MAX_CHARACTERS_WHEN_THIN;
    this.#packedJobs = isThin && isLight ? PACKED_JOBS_WHEN_THIN : PACKED_JOBS;
  }
}
