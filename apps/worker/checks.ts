import type { Cluster, Redis } from 'ioredis';
import type { Waiting } from '#libs/backlog/waiting.ts';
import type { DeliveryWaker } from '#libs/backlog/wakeDelivery.ts';
import type { DeliveryProgress } from '#libs/delivery/progress.ts';
import { EVENT_QUEUE_NAMES, queueNameOn } from '#libs/publisher/queueNames.ts';
import type { HealthCheck } from '#libs/runtime/healthServer.ts';
import { findSilentMaster, mastersOf } from '#libs/runtime/redisMasters.ts';
import { memoryProblem, memoryWarning, readRedisMemory } from '#libs/runtime/redisMemory.ts';

/** A worker that works hears of every queue at least every 20 s, also when there is nothing to do. */
const SILENT_AFTER_MS = 60_000;

interface Fetcher {
  /** For how long the queue that has been silent for longest was not heard of. */
  silentMs(): number;
}

/** Ready means that the worker makes progress, not only that its connections answer. */
export function workerChecks(parts: {
  redis: Redis | Cluster;
  prefix: string;
  waiting: Waiting;
  waker: Pick<DeliveryWaker, 'queues'>;
  progress: DeliveryProgress;
  router: Fetcher;
  deliveries: Fetcher;
  clock: () => number;
}): Readonly<Record<string, HealthCheck>> {
  const { redis, waiting, progress, router, deliveries, clock } = parts;
  return {
    redis: () => findSilentMaster(redis),
    redisMemory: async () => memoryProblem(await readRedisMemory(mastersOf(redis))),
    pausedQueues: async () => {
      const paused = await pausedQueues(parts);
      return paused.length === 0 ? null : `paused, so that nobody takes from them: ${paused.join(', ')}`;
    },
    deliveries: async () =>
      silence(deliveries, 'deliveries') ?? progress.problem(await waiting.totals(clock())),
    router: async () => silence(router, 'events'),
  };
}

function silence(fetcher: Fetcher, queues: string): string | null {
  const silentMs = fetcher.silentMs();
  if (silentMs < SILENT_AFTER_MS) return null;
  return `no answer from a queue of ${queues} for ${Math.round(silentMs / 1_000)} s`;
}

/** Somebody has paused them in the dashboard; a worker's own look at a queue does not tell that from an empty one. */
async function pausedQueues(parts: {
  redis: Redis | Cluster;
  prefix: string;
  waker: Pick<DeliveryWaker, 'queues'>;
}) {
  const { redis, prefix, waker } = parts;
  const queues = [
    ...EVENT_QUEUE_NAMES.map((name) => ({ name, key: `${prefix}:${queueNameOn(redis, prefix, name)}:meta` })),
    ...waker.queues.map((queue) => ({ name: queue.name, key: queue.toKey('meta') })),
  ];
  const paused = await Promise.all(queues.map(({ key }) => redis.hexists(key, 'paused')));
  return queues.filter((_, index) => paused[index] === 1).map(({ name }) => name);
}

/** What an operator should look at before it becomes a problem. */
export function workerWarnings({ redis }: { redis: Redis | Cluster }): Readonly<Record<string, HealthCheck>> {
  return { redisMemory: async () => memoryWarning(await readRedisMemory(mastersOf(redis))) };
}
