/** What is known of one event, by whoever sent it and by the customer alone. */
interface Known {
  readonly expiresAt: number;
  readonly poison: boolean;
  taken: number;
  /** Transmissions that failed. */
  failed: number;
  /** A run that carried it died or was overtaken: it may come once more, and with an attempt that was not counted. */
  uncertain: boolean;
  dropped: boolean;
}

export interface Sent {
  readonly n: number;
  readonly attempt: number;
}

/** The model: which events there are, and what may still become of them. */
export class Ledger {
  readonly #events = new Map<number, Known>();
  poisonRefused = true;

  add(expiresAt: number, poison: boolean): number {
    const n = this.#events.size + 1;
    const known = { expiresAt, poison, taken: 0, failed: 0, uncertain: false, dropped: false };
    this.#events.set(n, known);
    return n;
  }

  /**
   * What is wrong with a POST of these. `late`: the run has lost its turn, so that it may repeat others. `deleted`: the
   * webhook is gone since the run looked.
   */
  problems(batch: readonly Sent[], at: { now: number; late: boolean; deleted: boolean }): string[] {
    const { now, late, deleted } = at;
    return batch.flatMap(({ n, attempt }) => {
      const known = this.#events.get(n);
      if (!known) return [`event ${n} was never appended`];
      const { taken, failed, uncertain, dropped, expiresAt } = known;
      const exact = attempt === failed + 1;
      const wrong = {
        'is sent, though its time is over': now >= expiresAt,
        'is sent, though it was dropped': dropped && !late && !deleted,
        'comes twice without a reason': taken > 0 && !uncertain && !late,
        [`has attempt ${attempt} after ${failed} failures`]:
          uncertain || late ? attempt < 1 || attempt > failed + 1 : !exact,
      };
      return Object.entries(wrong).flatMap(([what, holds]) => (holds ? [`event ${n} ${what}`] : []));
    });
  }

  refuses(batch: readonly Sent[]): boolean {
    return this.poisonRefused && batch.some(({ n }) => this.#events.get(n)?.poison);
  }

  answered(batch: readonly Sent[], accepted: boolean): void {
    for (const { n } of batch) {
      const known = this.#events.get(n);
      if (known && accepted) known.taken += 1;
      else if (known) known.failed += 1;
    }
  }

  uncertain(events: Iterable<number>): void {
    for (const n of events) {
      const known = this.#events.get(n);
      if (known) known.uncertain = true;
    }
  }

  dropAll(): void {
    for (const known of this.#events.values()) known.dropped = true;
  }

  /**
   * Every event that is neither in Redis nor taken nor handed over as discarded is lost; one that is there must have
   * been appended.
   */
  lost(inRedis: ReadonlySet<number>, handedOver: readonly number[]): string[] {
    const discarded = new Set(handedOver);
    const lost = [...this.#events].flatMap(([n, { taken, dropped }]) => {
      return inRedis.has(n) || taken > 0 || dropped || discarded.has(n) ? [] : [`event ${n} is lost`];
    });
    const unexpected = [...inRedis].filter((n) => this.#events.get(n)?.dropped !== false);
    return [
      ...lost,
      ...unexpected.map((n) => `event ${n} is in Redis, though it was never appended or was dropped`),
    ];
  }

  /** What is wrong with these, which were handed over as discarded, each as often as it was. */
  wronglyDiscarded(handedOver: readonly number[], now: number): string[] {
    const seen = new Set<number>();
    return handedOver.flatMap((n) => {
      const known = this.#events.get(n);
      const wrong = {
        'is discarded twice': seen.has(n),
        'is discarded before its time is over': !known || now < known.expiresAt,
        'is discarded, though it was taken': known !== undefined && known.taken > 0 && !known.uncertain,
      };
      seen.add(n);
      return Object.entries(wrong).flatMap(([what, holds]) => (holds ? [`event ${n} ${what}`] : []));
    });
  }

  /** Those that a target which lives must have taken by now. */
  notTaken(now: number): number[] {
    return [...this.#events].flatMap(([n, { taken, dropped, expiresAt, poison }]) => {
      return taken > 0 || dropped || now >= expiresAt || (poison && this.poisonRefused) ? [] : [n];
    });
  }
}
