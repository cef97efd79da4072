import type { Cluster, Redis } from 'ioredis';
import type { KeyLayout } from './keys.ts';
import { asLane, type Lane } from './lane.ts';
import { Scripts } from './scripts.ts';

export interface PendingTotals {
  readonly events: number;
  /** Epoch ms: the clock of the oldest event at the head of a backlog, or null when nothing waits. */
  readonly oldestClock: number | null;
  /** How many webhooks' runs are overdue: jobs lost, or workers that do not keep up. */
  readonly overdueWebhooks: number;
}

/** Which webhooks have something pending, for those who look after them or count them. */
export class Waiting {
  readonly #redis: Redis | Cluster;
  readonly #scripts: Scripts;
  readonly #keys: KeyLayout;

  constructor({ redis, keys }: { redis: Redis | Cluster; keys: KeyLayout }) {
    this.#redis = redis;
    this.#scripts = new Scripts(redis);
    this.#keys = keys;
  }

  /** Webhooks of which a run should have begun before `before` (epoch ms), the longest overdue first. */
  async overdue(shard: number, before: number, count: number): Promise<number[]> {
    const key = this.#keys.ofShard(shard).waiting;
    const ids = await this.#redis.zrange(key, '-inf', String(before), 'BYSCORE', 'LIMIT', 0, count);
    return ids.map(Number);
  }

  /** Webhooks of which a run must have begun by a time after `after`: by a clock that has since been set back. */
  async misdated(shard: number, after: number, count: number): Promise<number[]> {
    const key = this.#keys.ofShard(shard).waiting;
    const ids = await this.#redis.zrange(key, `(${after}`, '+inf', 'BYSCORE', 'LIMIT', 0, count);
    return ids.map(Number);
  }

  /** Makes the webhook overdue at `at` (epoch ms) at the earliest. */
  async lookAgainAt(webhookId: number, at: number): Promise<void> {
    const keys = [this.#keys.of(webhookId).waiting];
    await this.#scripts.run({ name: 'lookAgain', keys, args: [webhookId, at] });
  }

  /** Whether the caller is the one to look at the shard in this interval; all others get false until it is over. */
  async claimLook(shard: number, intervalMs: number): Promise<boolean> {
    const keys = [this.#keys.ofShard(shard).looked];
    // A little less, so that whoever looked last can be the next as well.
    const args = [Math.ceil(intervalMs * 0.9)];
    return (await this.#scripts.run({ name: 'claimLook', keys, args })) === 1;
  }

  async lane(webhookId: number): Promise<Lane> {
    return asLane(await this.#redis.hgetBuffer(this.#keys.of(webhookId).state, 'lane'));
  }

  async totals(now: number): Promise<PendingTotals> {
    const shards = Array.from({ length: this.#keys.shards }, (_, shard) => this.#keys.ofShard(shard));
    const each = await Promise.all(
      shards.map(async ({ pending, oldest, waiting }) => {
        const [counts, [, clock], overdueWebhooks] = await Promise.all([
          this.#redis.hvals(pending),
          this.#redis.zrange(oldest, '0', '0', 'WITHSCORES'),
          this.#redis.zcount(waiting, '-inf', now),
        ]);
        const events = counts.reduce((sum, count) => sum + Number(count), 0);
        return { events, clock: clock === undefined ? null : Number(clock), overdueWebhooks };
      }),
    );
    const clocks = each.flatMap(({ clock }) => (clock === null ? [] : [clock]));
    return {
      events: each.reduce((sum, { events }) => sum + events, 0),
      oldestClock: clocks.length === 0 ? null : Math.min(...clocks),
      overdueWebhooks: each.reduce((sum, shard) => sum + shard.overdueWebhooks, 0),
    };
  }
}
