import { Queue, Worker } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import type { Backlog } from '#libs/backlog/backlog.ts';
import type { KeyLayout } from '#libs/backlog/keys.ts';
import { OVERTAKEN } from '#libs/backlog/transitions.ts';
import type { Waiting } from '#libs/backlog/waiting.ts';
import type { DeliveryWaker } from '#libs/backlog/wakeDelivery.ts';
import type { Logger } from '#libs/logging/logger.ts';
import { countTypes, type Loaded, load } from './batch.ts';
import type { DeliveryObserver, WebhookLookup } from './runParts.ts';

/** How often the whole system (not each worker) looks for webhooks that nobody looks after. */
const EVERY_MS = 5_000;
/** Webhooks in one look, and entries of one webhook in one step: bounds on what a step holds in memory. */
const WEBHOOKS_PER_PAGE = 500;
const ENTRIES_PER_STEP = 100;
/** A webhook that is not activated is looked at this often, to discard what is too old. */
const INACTIVE_EVERY_MS = 60_000;

export interface ReconcilerParts {
  readonly redis: Redis | Cluster;
  readonly keys: KeyLayout;
  readonly backlog: Backlog;
  readonly waiting: Waiting;
  readonly waker: DeliveryWaker;
  readonly directory: WebhookLookup;
  readonly observer: Pick<DeliveryObserver, 'discarded'>;
  readonly clock: () => number;
  readonly eventTtlMs: number;
  readonly logger: Logger;
}

/**
 * The safety net. In: webhooks with pending events whose run is overdue. Out: a wake-up for those that are
 * activated; for the others, what is too old is discarded; and what belongs to nobody is dropped. It trusts no
 * job, lock or deduplication key, only that a run that begins says so.
 */
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
      return new Queue('reconcile', { ...queueOptions(shard), streams: { events: { maxLen: 10 } } });
    });
    this.#workers = shards.map((shard) => {
      const options = {
        ...queueOptions(shard),
        autorun: false,
        maxStalledCount: 1_000_000_000,
        drainDelay: 10,
      };
      const worker = new Worker('reconcile', () => this.reconcile(shard), {
        ...options,
        removeOnComplete: { count: 0 },
        removeOnFail: { count: 10 },
      });
      worker.on('error', (error) => logger.warn('The reconcile queue reports an error', { shard, error }));
      return worker;
    });
  }

  async start(): Promise<void> {
    await Promise.all(
      this.#queues.map((queue) => queue.upsertJobScheduler('reconcile', { every: EVERY_MS })),
    );
    for (const worker of this.#workers) {
      worker.run().catch((error: unknown) => this.#parts.logger.error('A reconcile worker ended', { error }));
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
    await Promise.all(this.#queues.map((queue) => queue.close()));
  }

  /** One look at a shard. */
  async reconcile(shard: number): Promise<void> {
    const { waiting, clock, directory } = this.#parts;
    await directory.sync();
    const overdueSince = clock();
    while (true) {
      const page = await waiting.overdue(shard, overdueSince, WEBHOOKS_PER_PAGE);
      for (const webhookId of page) await this.#lookAfter(webhookId);
      if (page.length < WEBHOOKS_PER_PAGE) return;
    }
  }

  async #lookAfter(webhookId: number): Promise<void> {
    const { backlog, waiting, waker, directory, clock, logger } = this.#parts;
    // While MySQL is away, whatever is pending is woken: a run looks the webhook up before it sends.
    const webhook = await directory.webhook(webhookId).catch(() => undefined);
    if (webhook === null) {
      const events = await backlog.drop(webhookId);
      logger.info('Dropped the backlog of a webhook that is gone', { webhookId, events });
      return;
    }
    if (webhook && webhook.status !== 'activated') {
      await this.#prune(webhookId);
      await waiting.lookAgainAt(webhookId, clock() + INACTIVE_EVERY_MS);
      return;
    }
    await waiting.lookAgainAt(webhookId, clock() + EVERY_MS);
    await waker.wake([{ webhookId, lane: await waiting.lane(webhookId) }]);
    logger.info('Woke a webhook whose run was overdue', { webhookId });
  }

  /** Discards entries and parts of which every event is too old. */
  async #prune(webhookId: number): Promise<void> {
    const { backlog, clock, eventTtlMs } = this.#parts;
    const far = Number.MAX_SAFE_INTEGER;
    const sources = [
      () => backlog.read(webhookId, null, null, ENTRIES_PER_STEP),
      () => backlog.readAside(webhookId, null, far, ENTRIES_PER_STEP),
    ];
    for (const next of sources) {
      while (true) {
        const found = await next();
        if (found === OVERTAKEN) break;
        const units = found.map((pending) => load(pending, clock(), eventTtlMs));
        const dead = units.filter(({ alive }) => alive.clocks.length === 0);
        await this.#discard(webhookId, dead);
        if (dead.length < ENTRIES_PER_STEP) break;
      }
    }
  }

  async #discard(webhookId: number, units: readonly Loaded[]): Promise<void> {
    if (units.length === 0) return;
    const pendings = units.map(({ pending }) => pending);
    const { removed } = await this.#parts.backlog.settle(webhookId, pendings, { delivered: false });
    const chunks = units.flatMap(({ expired }) => (expired ? [expired] : []));
    if (removed > 0) this.#parts.observer.discarded(webhookId, countTypes(chunks), 'expired');
  }
}
