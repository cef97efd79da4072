/** A job that was fetched and never starts (the worker closes, say) must not hold up the others for long. */
const WAIT_AT_MOST_MS = 1_000;

/**
 * Jobs that have come from Redis and have not started yet. BullMQ hands them on up to one round trip later, and not in
 * the order in which they came; whoever wants that order waits until none is on its way, and sorts by their places.
 * Places are of all queues together, so that none is held up for as long as another one is full.
 */
export class FetchedJobs {
  readonly #clock: () => number;
  readonly #onTheWay = new Map<string, { readonly at: number; readonly place: number }>();
  #places = 0;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  fetched(job: string): void {
    this.#onTheWay.set(job, { at: this.#clock(), place: this.#nextPlace() });
  }

  /** The job's place among all that were fetched. */
  started(job: string): number {
    const place = this.#onTheWay.get(job)?.place ?? this.#nextPlace();
    this.#onTheWay.delete(job);
    return place;
  }

  anyOnTheWay(): boolean {
    const now = this.#clock();
    for (const { at } of this.#onTheWay.values()) {
      // A clock that was set back makes none wait for longer.
      if (Math.abs(now - at) < WAIT_AT_MOST_MS) return true;
    }
    return false;
  }

  #nextPlace(): number {
    this.#places += 1;
    return this.#places;
  }
}
