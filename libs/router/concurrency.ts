import type { CommitSize } from './commitSize.ts';

/** Single-event jobs share a commit: the more the better, but beyond this nothing is gained. */
const MAX_JOBS = 500;
/** Enough that Redis and the worker are busy at the same time. */
const MIN_JOBS = 4;
/** What a job that is smaller than usual counts: about the last 20 jobs decide. */
const WEIGHT_OF_SMALLER = 0.05;

/** How many jobs of a queue to take at once, by the size of those that came in lately. */
export class JobConcurrency {
  readonly #size: Pick<CommitSize, 'maxEvents'>;
  #usualEvents = 1;

  constructor(size: Pick<CommitSize, 'maxEvents'>) {
    this.#size = size;
  }

  current(): number {
    return Math.min(MAX_JOBS, Math.max(MIN_JOBS, Math.floor(this.#size.maxEvents() / this.#usualEvents)));
  }

  /** Reacts at once to a larger job, because memory is at stake, and slowly to smaller ones. */
  note(events: number): void {
    const change = events - this.#usualEvents;
    this.#usualEvents += change > 0 ? change : change * WEIGHT_OF_SMALLER;
  }
}
