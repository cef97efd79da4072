import type { Cluster, Redis } from 'ioredis';
import type { KeyLayout } from './keys.ts';
import { Scripts } from './scripts.ts';

/** A webhook of which every transmission fails. Times are epoch ms. */
export interface FailingWebhook {
  readonly webhookId: number;
  readonly since: number;
}

/** Which webhooks fail, and what was told of it; in Redis, the same for all workers. */
export class Failing {
  readonly #redis: Redis | Cluster;
  readonly #scripts: Scripts;
  readonly #keys: KeyLayout;

  constructor({ redis, keys }: { redis: Redis | Cluster; keys: KeyLayout }) {
    this.#redis = redis;
    this.#scripts = new Scripts(redis);
    this.#keys = keys;
  }

  /** Whether the caller is the one to look at the shard in this interval; all others get false until it is over. */
  async claimLook(shard: number, intervalMs: number): Promise<boolean> {
    const keys = [this.#keys.ofShard(shard).noticesLooked];
    return (await this.#scripts.run({ name: 'claimLook', keys, args: [Math.ceil(intervalMs * 0.9)] })) === 1;
  }

  /** Those that have failed since `before` (epoch ms) or longer, the longest first. */
  async failingSince(shard: number, before: number, page: { offset: number; count: number }) {
    const key = this.#keys.ofShard(shard).failing;
    const limit = ['LIMIT', page.offset, page.count] as const;
    const flat = await this.#redis.zrange(key, '-inf', String(before), 'BYSCORE', ...limit, 'WITHSCORES');
    const found: FailingWebhook[] = [];
    for (let i = 0; i < flat.length; i += 2) {
      found.push({ webhookId: Number(flat[i]), since: Number(flat[i + 1]) });
    }
    return found;
  }

  /** Whether nothing has changed of it since it was read. */
  async isStill({ webhookId, since }: FailingWebhook): Promise<boolean> {
    return Number(await this.#redis.zscore(this.#keys.of(webhookId).failing, String(webhookId))) === since;
  }

  /** Of which it was told that they fail. */
  async noticed(shard: number): Promise<ReadonlyMap<number, number>> {
    const fields = await this.#redis.hgetall(this.#keys.ofShard(shard).noticed);
    return new Map(Object.entries(fields).map(([id, since]) => [Number(id), Number(since)]));
  }

  async markNoticed({ webhookId, since }: FailingWebhook): Promise<void> {
    await this.#redis.hset(this.#keys.of(webhookId).noticed, { [String(webhookId)]: since });
  }

  /** What was told of it is over. */
  async unmarkNoticed(webhookId: number): Promise<void> {
    await this.#redis.hdel(this.#keys.of(webhookId).noticed, String(webhookId));
  }

  /** It neither fails nor succeeds any more. */
  async forget(webhookId: number): Promise<void> {
    await this.#redis.zrem(this.#keys.of(webhookId).failing, String(webhookId));
  }

  /** How many fail. */
  async count(): Promise<number> {
    const shards = Array.from({ length: this.#keys.shards }, (_, shard) => this.#keys.ofShard(shard));
    const counts = await Promise.all(shards.map(({ failing }) => this.#redis.zcard(failing)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** When events of the webhook were last discarded (epoch ms), as far as it was told; null: nothing was. */
  async discardedAt(webhookId: number): Promise<number | null> {
    const score = await this.#redis.zscore(this.#keys.of(webhookId).discarding, String(webhookId));
    return score === null ? null : Number(score);
  }

  async markDiscarded(webhookId: number, at: number): Promise<void> {
    await this.#redis.zadd(this.#keys.of(webhookId).discarding, at, String(webhookId));
  }

  /** Forgets those of which nothing was discarded since `before` (epoch ms). */
  async forgetDiscarded(shard: number, before: number): Promise<void> {
    await this.#redis.zremrangebyscore(this.#keys.ofShard(shard).discarding, '-inf', before);
  }
}
