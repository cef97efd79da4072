import { hostname } from 'node:os';
import { DelayedError, type Job, type Telemetry } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import type { KeyLayout } from '#libs/backlog/keys.ts';
import { LANES, type Lane } from '#libs/backlog/lane.ts';
import type { DeliveryJob, DeliveryWaker } from '#libs/backlog/wakeDelivery.ts';
import type { Logger } from '#libs/logging/logger.ts';
import { PatientWorker } from '#libs/runtime/patientWorker.ts';
import { onQueueError } from '#libs/runtime/queueErrors.ts';
import { pauseBetweenChecks, StalledJobs } from '#libs/runtime/stalledJobs.ts';
import { DirectTurns } from './directTurns.ts';
import type { RunParts } from './runParts.ts';
import { Slots } from './slots.ts';
import { takeTurn } from './takeTurn.ts';

/** Runs at work at once, each lane: bounds the events in memory. Those that only wait for a target don't count. */
const SLOTS: Readonly<Record<Lane, number>> = { deliveries: 500, retries: 40 };

/** Runs under way at once, each lane, those that wait included: bounds sockets. */
const MAX_UNDER_WAY = 3_000;

/** Jobs that have come and not started: one is at hand whenever a run ends, and none waits for many others. */
const JOBS_AHEAD = 32;

/**
 * The turn of a worker that died passes on within the lock and one check. A worker that only stood still for so long
 * has lost its turn as well, which costs a second copy of what it had under way.
 */
const LOCK_MS = 10_000;
const STALLED_CHECK_MS = 3_000;

/** The stall counter of a job only grows; a job that lives through 72 hours of outage must survive any number. */
const MAX_STALLED = 1_000_000_000;

/** A new job wakes the worker at once; this is only how often it asks by itself (10 s is BullMQ's longest). */
const IDLE_WAIT_S = 10;

/** Stands beside each job in work, for the dashboard and whoever looks for a webhook's worker. */
const WORKER_NAME = `${hostname()}:${process.pid}`;

export interface DeliveryWorkerParts {
  /** With `maxRetriesPerRequest: null`. Each queue opens a second one like it, to wait for jobs. */
  readonly redis: Redis | Cluster;
  readonly keys: KeyLayout;
  readonly waker: DeliveryWaker;
  readonly run: RunParts;
  readonly logger: Logger;
  /** Traces of the jobs; without it, none are made. */
  readonly telemetry?: Telemetry | undefined;
  readonly slots?: Readonly<Record<Lane, number>>;
  /** Closes all connections to targets; what is under way there ends as unreachable. */
  readonly closeConnections?: () => void;
}

/** Delivery jobs come in, one for each webhook that has something pending; each gets a turn. */
export class DeliveryWorker {
  readonly #parts: DeliveryWorkerParts;
  readonly #stopping = new AbortController();
  readonly #givingUp = new AbortController();
  readonly #signals = { stopping: this.#stopping.signal, givingUp: this.#givingUp.signal };
  readonly #slots: Readonly<Record<Lane, Slots>>;
  readonly #workers: readonly PatientWorker<DeliveryJob>[];
  readonly #stalled: StalledJobs;
  readonly #direct: DirectTurns;

  constructor(parts: DeliveryWorkerParts) {
    const { slots = SLOTS } = parts;
    this.#parts = parts;
    this.#slots = { deliveries: new Slots(slots.deliveries), retries: new Slots(slots.retries) };
    const shards = Array.from({ length: parts.keys.shards }, (_, shard) => shard);
    this.#workers = shards.flatMap((shard) => LANES.map((lane) => this.#worker(shard, lane)));
    this.#direct = new DirectTurns({ ...parts, slots: this.#slots.deliveries }, this.#signals);
    this.#stalled = new StalledJobs({ ...parts, workers: this.#workers, everyMs: STALLED_CHECK_MS });
  }

  start(): void {
    this.#stalled.start();
    for (const worker of this.#workers) {
      worker.run().catch((error: unknown) => this.#parts.logger.error('A delivery worker ended', { error }));
    }
  }

  /**
   * Finishes what is in flight and hands the rest back. What is still in flight after `patienceMs` is given up and
   * handed back as well. Has no time limit of its own.
   */
  async close(patienceMs?: number): Promise<void> {
    this.#stopping.abort();
    const timer = patienceMs === undefined ? undefined : setTimeout(() => this.#giveUp(), patienceMs);
    await Promise.all([
      this.#stalled.stop(),
      this.#direct.ended(),
      ...this.#workers.map((worker) => worker.close()),
    ]);
    clearTimeout(timer);
  }

  #giveUp(): void {
    this.#givingUp.abort();
    this.#parts.closeConnections?.();
  }

  /** Wakes webhooks by a turn at once where it can; where jobs are traced, each delivery is to have one. */
  get waker(): Pick<DeliveryWaker, 'wake'> {
    return this.#parts.telemetry ? this.#parts.waker : this.#direct;
  }

  /** For how long the queue that has been silent for longest was not heard of. */
  silentMs(): number {
    return Math.max(...this.#workers.map((worker) => worker.silentMs()));
  }

  #worker(shard: number, lane: Lane): PatientWorker<DeliveryJob> {
    const { redis, keys, logger, telemetry } = this.#parts;
    const process = (job: Job<DeliveryJob>, token?: string) => this.#process(lane, job, token);
    const worker = new PatientWorker<DeliveryJob>(lane, process, {
      connection: redis,
      prefix: keys.shardTag(shard),
      name: WORKER_NAME,
      autorun: false,
      concurrency: Math.ceil(MAX_UNDER_WAY / keys.shards),
      jobsAhead: JOBS_AHEAD,
      lockDuration: LOCK_MS,
      stalledInterval: pauseBetweenChecks(STALLED_CHECK_MS),
      skipStalledCheck: true,
      maxStalledCount: MAX_STALLED,
      drainDelay: IDLE_WAIT_S,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 100 },
      ...(telemetry && { telemetry }),
    });
    onQueueError(worker, (error) => logger.warn('A delivery queue reports an error', { lane, shard, error }));
    return worker;
  }

  async #process(lane: Lane, job: Job<DeliveryJob>, token: string | undefined): Promise<void> {
    const { webhookId } = job.data;
    const delayedUntil = await this.#slots[lane].use((slot) =>
      takeTurn(this.#parts, { webhookId, lane, slot, ...this.#signals }),
    );
    if (delayedUntil === null) return;
    await job.moveToDelayed(delayedUntil, token);
    throw new DelayedError();
  }
}
