import type { PendingTotals } from '#libs/backlog/waiting.ts';

/** However short an answer may take, not every pause is a standstill. */
const STUCK_AFTER_AT_LEAST_MS = 10_000;

/**
 * Says whether deliveries move on: a worker whose connections answer every PING may still have stopped to fetch
 * jobs. Pure but for the time of the last transmission, which it is told.
 */
export class DeliveryProgress {
  readonly #clock: () => number;
  readonly #stuckAfterMs: number;
  #lastAt: number;

  /** `clock` is one that nobody sets. Nothing takes longer than a transmission that times out. */
  constructor({ clock, deliveryTimeoutMs }: { clock: () => number; deliveryTimeoutMs: number }) {
    this.#clock = clock;
    this.#stuckAfterMs = Math.max(STUCK_AFTER_AT_LEAST_MS, deliveryTimeoutMs);
    this.#lastAt = clock();
  }

  /** A transmission ended. */
  moved(): void {
    this.#lastAt = this.#clock();
  }

  /** Why the deliveries count as stuck, or null. */
  problem({ overdueWebhooks }: Pick<PendingTotals, 'overdueWebhooks'>): string | null {
    const silentMs = this.#clock() - this.#lastAt;
    if (overdueWebhooks === 0 || silentMs < this.#stuckAfterMs) return null;
    const seconds = Math.round(silentMs / 1_000);
    return `${overdueWebhooks} webhooks wait for their turn, and no transmission ended for ${seconds} s`;
  }
}
