import { type Job, Queue, type Telemetry } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import { pagesOf } from '#libs/domain/pagesOf.ts';
import type { KeyLayout } from './keys.ts';
import { LANES, type Lane } from './lane.ts';

/** What a delivery job carries: only whose turn it is. The events stay in the backlog. */
export interface DeliveryJob {
  readonly webhookId: number;
}

export interface Wake {
  readonly webhookId: number;
  readonly lane: Lane;
  /** How long until the run may start, in ms. Default: at once. */
  readonly delayMs?: number;
  /** The sleep that the run is to end, if it is to end one. */
  readonly asleep?: string | null;
}

export interface WakerParts {
  readonly redis: Redis | Cluster;
  readonly keys: KeyLayout;
  readonly telemetry?: Telemetry | undefined;
}

/** A queue's own event stream has no reader here; without a bound it keeps 10,000 entries. */
const KEPT_QUEUE_EVENTS = 100;
/** BullMQ adds all jobs of a call in one transaction, some 50 µs each, in which Redis serves nobody else. */
const WAKES_PER_CALL = 100;

/**
 * Wakes deliveries: one BullMQ job for each webhook that has something pending. Deduplication with
 * `keepLastIfActive` gives the rule: never two jobs of a webhook in a lane; an add during a run is run after it;
 * an add while one waits or is delayed is ignored.
 */
export class DeliveryWaker {
  readonly #keys: KeyLayout;
  readonly #queues: ReadonlyMap<string, Queue<DeliveryJob>>;

  constructor({ redis, keys, telemetry }: WakerParts) {
    this.#keys = keys;
    const shards = Array.from({ length: keys.shards }, (_, shard) => shard);
    this.#queues = new Map(
      shards.flatMap((shard) =>
        LANES.map((lane) => [
          queueId(shard, lane),
          new Queue<DeliveryJob>(lane, {
            connection: redis,
            prefix: keys.shardTag(shard),
            streams: { events: { maxLen: KEPT_QUEUE_EVENTS } },
            defaultJobOptions: { removeOnComplete: true, removeOnFail: { count: 100 }, stackTraceLimit: 1 },
            ...(telemetry && { telemetry }),
          }),
        ]),
      ),
    );
    // Whoever opened the connection hears of its troubles; unheard, BullMQ would print each of them.
    for (const queue of this.queues) queue.on('error', () => {});
  }

  /** The queues, for the dashboard. */
  get queues(): readonly Queue<DeliveryJob>[] {
    return [...this.#queues.values()];
  }

  async wake(wakes: readonly Wake[]): Promise<void> {
    const byQueue = Map.groupBy(wakes, ({ webhookId, lane }) => queueId(this.#keys.shardOf(webhookId), lane));
    await Promise.all(
      [...byQueue].flatMap(([id, group]) => {
        return pagesOf(group, WAKES_PER_CALL).map((page) => add(this.#queue(id), page.map(job)));
      }),
    );
  }

  /** Ends the wait of a webhook whose job is delayed; else wakes it, whatever an earlier job left behind. */
  async hurry(webhookId: number, lane: Lane): Promise<void> {
    const queue = this.#queue(queueId(this.#keys.shardOf(webhookId), lane));
    const jobId = await queue.getDeduplicationJobId(deduplicationId(webhookId));
    const job = jobId ? await queue.getJob(jobId) : undefined;
    const state = await job?.getState();
    if (job && state === 'delayed' && (await promote(job))) return;
    if (job && DEAD_STATES.has(state)) await job.removeDeduplicationKey();
    await this.wake([{ webhookId, lane }]);
  }

  async close(): Promise<void> {
    await Promise.all(this.queues.map((queue) => queue.close()));
  }

  #queue(id: string): Queue<DeliveryJob> {
    const queue = this.#queues.get(id);
    if (!queue) throw new Error(`There is no queue "${id}" with ${this.#keys.shards} shards.`);
    return queue;
  }
}

/** A transaction costs its sender more than most jobs do. */
async function add(queue: Queue<DeliveryJob>, jobs: ReturnType<typeof job>[]): Promise<void> {
  const [only] = jobs;
  if (only && jobs.length === 1) await queue.add(only.name, only.data, only.opts);
  else await queue.addBulk(jobs);
}

/** Nothing comes of a job in one of these; as long as its key is there, it keeps others from being added. */
const DEAD_STATES: ReadonlySet<string | undefined> = new Set(['failed', 'completed', 'unknown']);

/** Says whether it was done: the job may become due at the same moment. */
async function promote(job: Job): Promise<boolean> {
  try {
    await job.promote();
    return true;
  } catch (error) {
    if (await job.isDelayed()) throw error;
    return false;
  }
}

function queueId(shard: number, lane: Lane): string {
  return `${lane}-${shard}`;
}

function deduplicationId(webhookId: number): string {
  return `webhook-${webhookId}`;
}

function job({ webhookId, delayMs }: Wake) {
  return {
    name: 'deliver',
    data: { webhookId },
    opts: {
      ...(delayMs === undefined ? {} : { delay: Math.max(0, Math.round(delayMs)) }),
      deduplication: { id: deduplicationId(webhookId), keepLastIfActive: true },
    },
  };
}
