/** A job that was fetched and never starts (the worker closes, say) must not hold up the others for long. */
const WAIT_AT_MOST_MS = 1_000;

/** Where a job stands among all that were fetched, of all queues. */
export interface Place {
  /** Jobs whose answers came in the same round of the event loop have the same one; later jobs a higher one. */
  readonly round: number;
  /** BullMQ's: 0 is before 1, 1 before 2. */
  readonly priority: number;
  /** BullMQ counts the jobs of a queue from 1; Infinity for an id that a producer has chosen. */
  readonly number: number;
}

/**
 * Jobs that have come from Redis and have not started yet. BullMQ hands them on up to one round trip later, and not in
 * the order in which they came; whoever wants that order waits until none is on its way, and sorts by place. Rounds
 * come before numbers: else a job with a high number would wait for as long as lower ones, of another queue or of a
 * lower priority, keep coming. Within a round, answers are in no order, and numbers tell it.
 */
export class FetchedJobs {
  readonly #clock: () => number;
  readonly #onTheWay = new Map<string, { readonly at: number; readonly round: number }>();
  #round = 0;
  #roundIsOpen = false;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  fetched(job: string): void {
    this.#onTheWay.set(job, { at: this.#clock(), round: this.#thisRound() });
  }

  /** The round in which the job was fetched. */
  started(job: string): number {
    const round = this.#onTheWay.get(job)?.round ?? this.#thisRound();
    this.#onTheWay.delete(job);
    return round;
  }

  anyOnTheWay(): boolean {
    const now = this.#clock();
    for (const { at } of this.#onTheWay.values()) {
      // A clock that was set back makes none wait for longer.
      if (Math.abs(now - at) < WAIT_AT_MOST_MS) return true;
    }
    return false;
  }

  #thisRound(): number {
    if (!this.#roundIsOpen) {
      this.#round += 1;
      this.#roundIsOpen = true;
      setImmediate(() => {
        this.#roundIsOpen = false;
      });
    }
    return this.#round;
  }
}

export function byPlace(
  { place: a }: { readonly place: Place },
  { place: b }: { readonly place: Place },
): number {
  if (a.round !== b.round) return a.round - b.round;
  if (a.priority !== b.priority) return a.priority - b.priority;
  return a.number === b.number ? 0 : a.number - b.number;
}

export function jobNumber(id: string | undefined): number {
  return id !== undefined && /^\d{1,15}$/.test(id) ? Number(id) : Number.POSITIVE_INFINITY;
}
