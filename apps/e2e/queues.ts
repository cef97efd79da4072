import { setTimeout as sleep } from 'node:timers/promises';
import { type JobType, Queue } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import { KeyLayout } from '#libs/backlog/keys.ts';
import { LANES } from '#libs/backlog/lane.ts';
import type { EventType } from '#libs/domain/eventType.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';

const UNFINISHED: JobType[] = ['wait', 'active', 'delayed', 'prioritized'];

/** The queues as a foreign producer and an operator reach them: by BullMQ alone, with its defaults. */
export class Queues {
  readonly #redis: Redis | Cluster;
  readonly #prefix: string;
  readonly #open = new Map<string, Queue>();

  constructor({ redis, prefix }: { redis: Redis | Cluster; prefix: string }) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  events(type: EventType): Queue {
    return this.#queue(`events-${type}`, this.#prefix);
  }

  /** Every event in the queue for `type` has been routed or refused. */
  async routed(type: EventType): Promise<void> {
    const queue = this.events(type);
    await waitUntil(async () => (await queue.getJobCountByTypes(...UNFINISHED)) === 0, {
      what: `an empty queue events-${type}`,
    });
  }

  /** And nobody will deliver anything for this webhook: whatever has not been sent by now never will be. */
  async idle(type: EventType, webhookId: number): Promise<void> {
    await this.routed(type);
    await waitUntil(async () => !(await this.#hasDelivery(webhookId)), {
      what: `no delivery of webhook ${webhookId}`,
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map((queue) => queue.close()));
  }

  async #hasDelivery(webhookId: number): Promise<boolean> {
    if (await this.#hasDirectRun(webhookId)) return true;
    // It gives its lease back just before its job is there.
    await sleep(20);
    return this.#hasJob(webhookId);
  }

  /** Under way, or about to begin. */
  async #hasDirectRun(webhookId: number): Promise<boolean> {
    const { lease, state } = this.#keys.of(webhookId);
    return (await this.#redis.exists(lease)) + (await this.#redis.hexists(state, 'asleep')) > 0;
  }

  async #hasJob(webhookId: number): Promise<boolean> {
    const tag = this.#keys.shardTag(0);
    const jobs = await Promise.all(LANES.map((lane) => this.#queue(lane, tag).getJobs(UNFINISHED)));
    return jobs.flat().some((job) => job?.data.webhookId === webhookId);
  }

  get #keys(): KeyLayout {
    return new KeyLayout({ prefix: this.#prefix, shards: 1 });
  }

  #queue(name: string, prefix: string): Queue {
    const existing = this.#open.get(name);
    if (existing) return existing;
    const queue = new Queue(name, { connection: this.#redis, prefix });
    this.#open.set(name, queue);
    return queue;
  }
}
