import { DelayedError, type Job, Worker } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import type { KeyLayout } from '#libs/backlog/keys.ts';
import { LANES, type Lane } from '#libs/backlog/lane.ts';
import type { DeliveryJob, DeliveryWaker } from '#libs/backlog/wakeDelivery.ts';
import type { Logger } from '#libs/logging/logger.ts';
import { deliveryRun } from './deliveryRun.ts';
import type { RunEnd, RunParts } from './runParts.ts';

/** Webhooks in work at once, each lane. A slot only waits on a socket, so that slots are cheap. */
const SLOTS: Readonly<Record<Lane, number>> = { deliveries: 500, retries: 1000 };

/** How long a webhook may keep its slot while others wait. */
const SLICE_MS = 1_000;

/** A worker that died is noticed within the lock and one check; both are renewed and asked cheaply. */
const LOCK_MS = 15_000;
const STALLED_CHECK_MS = 5_000;

/** The stall counter of a job only grows; a job that lives through 72 hours of outage must survive any number. */
const MAX_STALLED = 1_000_000_000;

/** A new job wakes the worker at once; this is only how often it asks by itself (10 s is BullMQ's longest). */
const IDLE_WAIT_S = 10;

/** After trouble that is not the target's (Redis, MySQL): when the run is tried again. */
const TROUBLE_PAUSE_MS = 1_000;

export interface DeliveryWorkerParts {
  /** With `maxRetriesPerRequest: null`. Each queue opens a second one like it, to wait for jobs. */
  readonly redis: Redis | Cluster;
  readonly keys: KeyLayout;
  readonly waker: DeliveryWaker;
  readonly run: RunParts;
  readonly logger: Logger;
}

/** Delivery jobs come in, one for each webhook that has something pending; each gets a turn. */
export class DeliveryWorker {
  readonly #parts: DeliveryWorkerParts;
  readonly #stopping = new AbortController();
  readonly #workers: readonly Worker<DeliveryJob>[];

  constructor(parts: DeliveryWorkerParts) {
    this.#parts = parts;
    const shards = Array.from({ length: parts.keys.shards }, (_, shard) => shard);
    this.#workers = shards.flatMap((shard) => LANES.map((lane) => this.#worker(shard, lane)));
  }

  start(): void {
    for (const worker of this.#workers) {
      worker.run().catch((error: unknown) => this.#parts.logger.error('A delivery worker ended', { error }));
    }
  }

  /** Finishes what is in flight and hands the rest back. Has no time limit of its own. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }

  #worker(shard: number, lane: Lane): Worker<DeliveryJob> {
    const { redis, keys, logger } = this.#parts;
    const process = (job: Job<DeliveryJob>, token?: string) => this.#process(lane, job, token);
    const worker = new Worker<DeliveryJob>(lane, process, {
      connection: redis,
      prefix: keys.shardTag(shard),
      autorun: false,
      concurrency: SLOTS[lane],
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      maxStalledCount: MAX_STALLED,
      drainDelay: IDLE_WAIT_S,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 100 },
    });
    worker.on('error', (error) => logger.warn('A delivery queue reports an error', { lane, shard, error }));
    return worker;
  }

  async #process(lane: Lane, job: Job<DeliveryJob>, token: string | undefined): Promise<void> {
    const { run, logger } = this.#parts;
    const { webhookId } = job.data;
    let end: RunEnd;
    try {
      const sliceEndsAt = run.clock() + SLICE_MS;
      const turn = { webhookId, lane, run: run.newId(), sliceEndsAt, stopping: this.#stopping.signal };
      end = await deliveryRun(run, turn);
      await this.#wakeNext(webhookId, lane, end);
    } catch (error) {
      logger.warn('A delivery run was put off', { webhookId, lane, error });
      end = { kind: 'retryAt', at: run.clock() + TROUBLE_PAUSE_MS };
    }
    if (end.kind === 'retryAt') {
      await job.moveToDelayed(end.at, token);
      throw new DelayedError();
    }
  }

  /** Before the job completes: whoever goes on with the webhook must be on the way. */
  async #wakeNext(webhookId: number, lane: Lane, end: RunEnd): Promise<void> {
    const { waker, run } = this.#parts;
    switch (end.kind) {
      case 'again':
        return waker.wake([{ webhookId, lane }]);
      case 'handOver': {
        const delayMs = end.at - run.clock();
        return waker.wake([{ webhookId, lane: end.lane, ...(delayMs > 0 ? { delayMs } : {}) }]);
      }
      case 'partsDueAt':
        return waker.wake([{ webhookId, lane: 'retries', delayMs: end.at - run.clock() }]);
    }
  }
}
