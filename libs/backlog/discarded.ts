import type { Cluster, Redis } from 'ioredis';
import type { KeyLayout } from './keys.ts';
import { Scripts } from './scripts.ts';

/** Discarded events of one unit of a backlog, as they were handed over. */
export interface HandedOver {
  readonly id: string;
  readonly webhookId: number;
  /** The unit's id in its webhook's backlog: never given twice. */
  readonly unitId: string;
  readonly events: number;
  /** A chunk. */
  readonly bytes: Buffer;
}

/**
 * What was discarded and is not yet kept elsewhere. The scripts that remove units from a backlog put it here in the
 * same step, so that a discarded event is in one place or the other at any moment, and nobody who delivers waits for
 * where it is kept.
 */
export class Discarded {
  readonly #redis: Redis | Cluster;
  readonly #scripts: Scripts;
  readonly #keys: KeyLayout;

  constructor({ redis, keys }: { redis: Redis | Cluster; keys: KeyLayout }) {
    this.#redis = redis;
    this.#scripts = new Scripts(redis);
    this.#keys = keys;
  }

  get shards(): number {
    return this.#keys.shards;
  }

  /** Whether the caller is the one to keep the shard's events, for `leaseMs` or until it releases them. */
  async claim(shard: number, leaseMs: number): Promise<boolean> {
    const keys = [this.#keys.ofShard(shard).keeping];
    return (await this.#scripts.run({ name: 'claimLook', keys, args: [leaseMs] })) === 1;
  }

  async release(shard: number): Promise<void> {
    await this.#redis.del(this.#keys.ofShard(shard).keeping);
  }

  /** The oldest. They stay until they are removed. */
  async read(shard: number, count: number): Promise<HandedOver[]> {
    const key = this.#keys.ofShard(shard).discarded;
    const entries = await this.#redis.xrangeBuffer(key, '-', '+', 'COUNT', count);
    return entries.map(([id, [, webhookId, , unitId, , events, , bytes]]) => ({
      id: id.toString(),
      webhookId: Number(webhookId),
      unitId: String(unitId),
      events: Number(events),
      bytes: bytes ?? Buffer.alloc(0),
    }));
  }

  async remove(shard: number, ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.#redis.xdel(this.#keys.ofShard(shard).discarded, ...ids);
  }

  /** How many events found no room here since it was last asked. */
  async takeRefused(shard: number): Promise<number> {
    return Number((await this.#redis.getdel(this.#keys.ofShard(shard).discardsRefused)) ?? 0);
  }
}
