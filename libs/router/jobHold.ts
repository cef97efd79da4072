import type { Job } from 'bullmq';

/**
 * Says whether a job is still this worker's. The jobs of a worker that stood still or was cut off from Redis for
 * longer than their locks are given to others: what it did with them afterwards would come twice.
 */
export class JobHold {
  readonly #job: Pick<Job, 'extendLock'>;
  readonly #token: string;
  readonly #lockMs: number;
  readonly #clock: () => number;
  /** A moment at which the lock was certainly held, epoch ms. */
  #heldAt: number;

  constructor(parts: {
    readonly job: Pick<Job, 'extendLock' | 'processedOn'>;
    readonly token: string;
    readonly lockMs: number;
    readonly clock: () => number;
  }) {
    this.#job = parts.job;
    this.#token = parts.token;
    this.#lockMs = parts.lockMs;
    this.#clock = parts.clock;
    this.#heldAt = parts.job.processedOn ?? 0;
  }

  /** Asks Redis only when so much time has passed that the lock may have run out. */
  async isHeld(): Promise<boolean> {
    const now = this.#clock();
    if (now - this.#heldAt < this.#lockMs / 2) return true;
    if ((await this.#job.extendLock(this.#token, this.#lockMs)) !== 1) return false;
    this.#heldAt = now;
    return true;
  }
}
