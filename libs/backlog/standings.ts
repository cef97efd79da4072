import type { Cluster, Redis } from 'ioredis';
import type { KeyLayout } from './keys.ts';
import { asLane, type Lane } from './lane.ts';

/** How it stands with a webhook's deliveries. Times are epoch ms; null: there was none. */
export interface Standing {
  readonly lane: Lane;
  /** Events that wait. */
  readonly pending: number;
  /** Failed transmissions in a row. */
  readonly failures: number;
  readonly nextTryAt: number | null;
  readonly lastSuccessAt: number | null;
  readonly lastFailureAt: number | null;
  readonly lastError: string | null;
}

const FIELDS = ['lane', 'failures', 'nextTry', 'lastSuccess', 'lastFailure', 'lastError'] as const;

/** Reads it, for those who look and change nothing. */
export class Standings {
  readonly #redis: Redis | Cluster;
  readonly #keys: KeyLayout;

  constructor({ redis, keys }: { redis: Redis | Cluster; keys: KeyLayout }) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async of(webhookId: number): Promise<Standing> {
    const { state, pending } = this.#keys.of(webhookId);
    const [[lane, failures, nextTry, lastSuccess, lastFailure, lastError], events] = await Promise.all([
      this.#redis.hmget(state, ...FIELDS),
      this.#redis.hget(pending, String(webhookId)),
    ]);
    return {
      lane: asLane(lane ? Buffer.from(lane) : null),
      pending: Number(events ?? 0),
      failures: Number(failures ?? 0),
      nextTryAt: timeOf(nextTry),
      lastSuccessAt: timeOf(lastSuccess),
      lastFailureAt: timeOf(lastFailure),
      lastError: lastError ?? null,
    };
  }
}

function timeOf(field: string | null | undefined): number | null {
  return field ? Number(field) : null;
}
