import { Queue, Worker } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import type { KeyLayout } from '#libs/backlog/keys.ts';
import { type ReconcileParts, reconcile } from './reconcile.ts';

/** How often the whole system (not each worker) looks for webhooks that nobody looks after. */
const EVERY_MS = 5_000;
/** A look takes milliseconds; one that died with its worker must not hold up the next. */
const LOCK_MS = 10_000;
const STALLED_CHECK_MS = 3_000;

export interface ReconcilerParts extends ReconcileParts {
  readonly redis: Redis | Cluster;
  readonly keys: KeyLayout;
  readonly everyMs?: number;
}

/** Looks after each shard in turn, once in a while, whatever becomes of any worker. */
export class Reconciler {
  readonly #parts: ReconcilerParts;
  readonly #queues: readonly Queue[];
  readonly #workers: readonly Worker[];

  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
    const { redis, keys, logger } = parts;
    const shards = Array.from({ length: keys.shards }, (_, shard) => shard);
    const queueOptions = (shard: number) => ({ connection: redis, prefix: keys.shardTag(shard) });
    this.#queues = shards.map((shard) => {
      const queue = new Queue('reconcile', { ...queueOptions(shard), streams: { events: { maxLen: 10 } } });
      // The worker below reports the same.
      queue.on('error', () => {});
      return queue;
    });
    this.#workers = shards.map((shard) => {
      const options = {
        ...queueOptions(shard),
        autorun: false,
        lockDuration: LOCK_MS,
        stalledInterval: STALLED_CHECK_MS,
        maxStalledCount: 1_000_000_000,
        drainDelay: 10,
      };
      const worker = new Worker('reconcile', () => reconcile(parts, shard), {
        ...options,
        removeOnComplete: { count: 0 },
        removeOnFail: { count: 10 },
      });
      worker.on('error', (error) => logger.warn('The reconcile queue reports an error', { shard, error }));
      return worker;
    });
  }

  async start(): Promise<void> {
    const every = this.#parts.everyMs ?? EVERY_MS;
    await Promise.all(this.#queues.map((queue) => queue.upsertJobScheduler('reconcile', { every })));
    for (const worker of this.#workers) {
      worker.run().catch((error: unknown) => this.#parts.logger.error('A reconcile worker ended', { error }));
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
    await Promise.all(this.#queues.map((queue) => queue.close()));
  }
}
