import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { connectBacklog } from '#libs/backlog/connectBacklog.ts';
import { EVENT_QUEUE_NAMES } from '#libs/publisher/queueNames.ts';
import { PREFIX } from './fleet.ts';

const POLL_MS = 250;
const UNFINISHED = ['waiting', 'active', 'delayed', 'prioritized'] as const;

export interface Left {
  readonly jobs: number;
  readonly deliveryJobs: number;
  readonly events: number;
  /** Jobs of events that the router refused. */
  readonly rejected: number;
}

/** Looks into Redis from outside of the system under test, past all proxies. */
export class Onlooker {
  readonly #redis: Redis;
  readonly #eventQueues: readonly Queue[];
  readonly #backlog: ReturnType<typeof connectBacklog>;

  constructor(redisUrl: string) {
    this.#redis = new Redis(redisUrl, { maxRetriesPerRequest: null });
    this.#redis.on('error', () => {});
    this.#redis.setMaxListeners(0);
    const connection = this.#redis;
    this.#eventQueues = EVENT_QUEUE_NAMES.map((name) => new Queue(name, { connection, prefix: PREFIX }));
    for (const queue of this.#eventQueues) queue.on('error', () => {});
    this.#backlog = connectBacklog({
      redis: connection,
      prefix: PREFIX,
      shards: 1,
      clock: Date.now,
      graceMs: 0,
    });
    for (const queue of this.deliveryQueues) queue.on('error', () => {});
  }

  get deliveryQueues(): readonly Queue[] {
    return this.#backlog.waker.queues;
  }

  async pendingEvents(): Promise<number> {
    return (await this.#backlog.waiting.totals(Date.now())).events;
  }

  async left(): Promise<Left> {
    const count = async (queues: readonly Queue[], ...states: ('failed' | (typeof UNFINISHED)[number])[]) => {
      const counts = await Promise.all(queues.map((queue) => queue.getJobCountByTypes(...states)));
      return counts.reduce((sum, each) => sum + each, 0);
    };
    return {
      jobs: await count(this.#eventQueues, ...UNFINISHED),
      deliveryJobs: await count(this.deliveryQueues, ...UNFINISHED),
      events: await this.pendingEvents(),
      rejected: await count(this.#eventQueues, 'failed'),
    };
  }

  /** Resolves to what is left: nothing, or what was still there at the deadline. */
  async untilDrained(timeoutMs: number, progress: (left: Left) => void): Promise<Left> {
    const deadline = Date.now() + timeoutMs;
    while (true) {
      const left = await this.left();
      progress(left);
      if ((left.jobs === 0 && left.events === 0) || Date.now() > deadline) return left;
      await sleep(POLL_MS);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#eventQueues, ...this.deliveryQueues].map((queue) => queue.close()));
    this.#redis.disconnect();
  }
}
