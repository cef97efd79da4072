import type { Worker } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';

/** BullMQ refuses a check that comes too soon after another; as long as ours, it would refuse every second one. */
export function pauseBetweenChecks(everyMs: number): number {
  return Math.ceil(everyMs / 2);
}

/**
 * Redis took so long: it was away, and locks have run out though nobody died. Until the next check, whoever lives
 * reports what it has done meanwhile, which would otherwise be done again.
 */
const AWAY_MS = 1_000;

/**
 * Hands the jobs of workers that died to others, as BullMQ's own check does, but asks an idle queue only whether
 * anything is active: one command instead of seven, so that a process with fifteen queues can look often.
 * The workers are made with `skipStalledCheck`, and `stalledInterval` from `pauseBetweenChecks`.
 */
export class StalledJobs {
  readonly #redis: Redis | Cluster;
  readonly #workers: readonly Worker[];
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | null = null;

  constructor(parts: { redis: Redis | Cluster; workers: readonly Worker[]; everyMs: number }) {
    this.#redis = parts.redis;
    this.#workers = parts.workers;
    this.#everyMs = parts.everyMs;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#looking ??= this.#look().finally(() => {
        this.#looking = null;
      });
    }, this.#everyMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    await Promise.all(
      this.#workers.map(async (worker) => {
        try {
          const askedAt = performance.now();
          if ((await this.#redis.exists(worker.toKey('active'))) === 0) return;
          if (performance.now() - askedAt > AWAY_MS) return;
          // Twice in a row without a lock, and a job goes back to those that wait.
          await worker.backend.moveStalledJobsToWait();
        } catch (error) {
          worker.emit('error', error instanceof Error ? error : new Error(String(error)));
        }
      }),
    );
  }
}
