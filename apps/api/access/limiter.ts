import { createHash } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import {
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
  RLWrapperTimeouts,
} from 'rate-limiter-flexible';

/** Counts what one party does, in Redis, so that all API processes count together. */
export interface Limiter {
  /** Counts one more. How long the party has to wait, in ms; 0 when it may go on. */
  count(party: string): Promise<number>;
  /** The same without counting. */
  waitMs(party: string): Promise<number>;
  /** Begins anew. */
  forget(party: string): Promise<void>;
}

export interface LimiterParts {
  readonly redis: Redis | Cluster;
  /** Of the keys in Redis. */
  readonly prefix: string;
  /** So many in a window are allowed; one more, and the party waits for the window's end. */
  readonly most: number;
  readonly windowS: number;
}

/** Beyond this, Redis counts as away. Nobody waits longer for being counted. */
const REDIS_TIMEOUT_MS = 100;

/** While Redis is away or slow, each process counts by itself. */
export function createLimiter({ redis, prefix, most, windowS }: LimiterParts): Limiter {
  const options = { points: most, duration: windowS, keyPrefix: prefix };
  const limiter = new RLWrapperTimeouts({
    limiter: new RateLimiterRedis({
      ...options,
      storeClient: redis,
      rejectIfRedisNotReady: true,
      // Whoever is over the limit is refused without asking Redis again.
      inMemoryBlockOnConsumed: most + 1,
    }),
    insuranceLimiter: new RateLimiterMemory(options),
    timeoutMs: REDIS_TIMEOUT_MS,
  });
  return {
    async count(party) {
      try {
        await limiter.consume(keyOf(party));
        return 0;
      } catch (refused) {
        if (refused instanceof RateLimiterRes) return Math.max(1, refused.msBeforeNext);
        throw refused;
      }
    },
    async waitMs(party) {
      const state = await limiter.get(keyOf(party));
      return state && state.consumedPoints > most ? Math.max(1, state.msBeforeNext) : 0;
    },
    async forget(party) {
      await limiter.delete(keyOf(party));
    },
  };
}

/** Limits nothing. */
export const NO_LIMIT: Limiter = {
  count: async () => 0,
  waitMs: async () => 0,
  forget: async () => undefined,
};

/** A hash: what is typed as a user name may be a password. */
function keyOf(party: string): string {
  return createHash('sha256').update(party).digest('base64url');
}
