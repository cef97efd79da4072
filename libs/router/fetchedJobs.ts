/** A job that was fetched and never starts (the worker closes, say) must not hold up the others for long. */
const WAIT_AT_MOST_MS = 1_000;

/**
 * Jobs that have come from Redis and have not started yet. BullMQ hands them on up to one round trip later, and not in
 * the order in which they came; whoever wants that order waits until none is on its way, and sorts.
 */
export class FetchedJobs {
  readonly #clock: () => number;
  readonly #fetchedAt = new Map<string, number>();

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  fetched(job: string): void {
    this.#fetchedAt.set(job, this.#clock());
  }

  started(job: string): void {
    this.#fetchedAt.delete(job);
  }

  anyOnTheWay(): boolean {
    const now = this.#clock();
    for (const [job, at] of this.#fetchedAt) {
      // A clock that was set back makes none wait for longer.
      if (Math.abs(now - at) < WAIT_AT_MOST_MS) return true;
      this.#fetchedAt.delete(job);
    }
    return false;
  }
}

/** Sorts jobs as BullMQ numbered them. Those with ids of the producer's own stay as they came, at the end. */
export function byJobNumber(a: { readonly jobNumber: number }, b: { readonly jobNumber: number }): number {
  return a.jobNumber === b.jobNumber ? 0 : a.jobNumber - b.jobNumber;
}

/** BullMQ counts jobs from 1; Infinity for an id that a producer has chosen. */
export function jobNumber(id: string | undefined): number {
  return id !== undefined && /^\d{1,15}$/.test(id) ? Number(id) : Number.POSITIVE_INFINITY;
}
