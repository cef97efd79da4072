import type { Redis } from 'ioredis';
import type { Waiting } from '#libs/backlog/waiting.ts';
import type { DeliveryProgress } from '#libs/delivery/progress.ts';
import type { HealthCheck } from '#libs/runtime/healthServer.ts';
import { memoryProblem, memoryWarning, readRedisMemory } from '#libs/runtime/redisMemory.ts';

/** A router that works hears of every queue at least every 10 s, also when there is nothing to do. */
const ROUTER_SILENT_AFTER_MS = 60_000;

/** Ready means that the worker makes progress, not only that its connections answer. */
export function workerChecks(parts: {
  redis: Redis;
  waiting: Waiting;
  progress: DeliveryProgress;
  router: { lastProgressAt(): number };
  clock: () => number;
}): Readonly<Record<string, HealthCheck>> {
  const { redis, waiting, progress, router, clock } = parts;
  return {
    redis: async () => ((await redis.ping()) === 'PONG' ? null : 'Redis does not answer PONG'),
    redisMemory: async () => memoryProblem(await readRedisMemory(redis)),
    deliveries: async () => progress.problem(await waiting.totals(clock())),
    router: async () => {
      const silentMs = clock() - router.lastProgressAt();
      return silentMs < ROUTER_SILENT_AFTER_MS
        ? null
        : `no answer from a queue of events for ${Math.round(silentMs / 1_000)} s`;
    },
  };
}

/** What an operator should look at before it becomes a problem. */
export function workerWarnings({ redis }: { redis: Redis }): Readonly<Record<string, HealthCheck>> {
  return { redisMemory: async () => memoryWarning(await readRedisMemory(redis)) };
}
