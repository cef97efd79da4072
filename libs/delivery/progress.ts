import type { PendingTotals } from '#libs/backlog/waiting.ts';

/** How long overdue webhooks may wait without any transmission before the worker counts as stuck. */
const STUCK_AFTER_MS = 30_000;

/**
 * Says whether deliveries move on: a worker whose connections answer every PING may still have stopped to fetch
 * jobs. Pure but for the time of the last transmission, which it is told.
 */
export class DeliveryProgress {
  readonly #clock: () => number;
  #lastAt: number;

  constructor(clock: () => number) {
    this.#clock = clock;
    this.#lastAt = clock();
  }

  /** A transmission ended. */
  moved(): void {
    this.#lastAt = this.#clock();
  }

  /** Why the deliveries count as stuck, or null. */
  problem({ overdueWebhooks }: Pick<PendingTotals, 'overdueWebhooks'>): string | null {
    const silentMs = this.#clock() - this.#lastAt;
    if (overdueWebhooks === 0 || silentMs < STUCK_AFTER_MS) return null;
    const seconds = Math.round(silentMs / 1_000);
    return `${overdueWebhooks} webhooks wait for their turn, and no transmission ended for ${seconds} s`;
  }
}
