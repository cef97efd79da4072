import type { Cluster, Redis } from 'ioredis';
import type { KeyLayout } from './keys.ts';
import { decodePart } from './pending.ts';

export interface Head {
  /** Epoch ms: the clock of the event that has waited longest; null when nothing waits. */
  readonly oldestAt: number | null;
  /** Epoch ms: when the first part is due, while only parts wait that were set aside; else null. */
  readonly partsDueAt: number | null;
}

/** What has waited longest for a webhook, for those who look and change nothing. */
export class PendingHead {
  readonly #redis: Redis | Cluster;
  readonly #keys: KeyLayout;

  constructor({ redis, keys }: { redis: Redis | Cluster; keys: KeyLayout }) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** Parts are few, and most of them a single event (libs/delivery/poisoned.ts bounds them). */
  async of(webhookId: number): Promise<Head> {
    const { oldest, parts, aside } = this.#keys.of(webhookId);
    const [clock, values, [, due]] = await Promise.all([
      this.#redis.zscore(oldest, String(webhookId)),
      this.#redis.hvalsBuffer(parts),
      this.#redis.zrange(aside, '0', '0', 'WITHSCORES'),
    ]);
    const clocks = values.map((value) => decodePart('', value, 0).oldestClock);
    if (clock !== null) clocks.push(Number(clock));
    return {
      oldestAt: clocks.length === 0 ? null : Math.min(...clocks),
      partsDueAt: clock === null && due !== undefined ? Number(due) : null,
    };
  }
}
