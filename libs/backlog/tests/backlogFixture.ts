import { expect } from '@jest/globals';
import { silentLogger } from '#libs/logging/logger.ts';
import { connectRedis } from '#libs/runtime/redis.ts';
import { testServers } from '#libs/testing/servers.ts';
import { type Chunk, packChunk } from '../chunk.ts';
import { connectBacklog } from '../connectBacklog.ts';
import type { Pending } from '../pending.ts';
import { OVERTAKEN } from '../transitions.ts';
import { contradictions, inspectBacklog } from './inspectBacklog.ts';

export const GRACE_MS = 35_000;

/** A backlog on the Redis of the test run, with a prefix and a clock of its own. */
export function openBacklog({
  shards = 1,
  keepDiscarded = false,
}: {
  shards?: number;
  keepDiscarded?: boolean;
} = {}) {
  const { redisUrl, makeQueuePrefix } = testServers();
  const prefix = makeQueuePrefix();
  const redis = connectRedis(redisUrl, 'waiting', silentLogger);
  const time = { now: 1_000_000 };
  const connected = connectBacklog({
    redis,
    prefix,
    shards,
    clock: () => time.now,
    graceMs: GRACE_MS,
    keepDiscarded,
  });
  return {
    ...connected,
    redis,
    prefix,
    time,
    contents: (webhookId: number) => inspectBacklog(redis, connected.keys, webhookId),
    /** What is left in Redis of any webhook, the queues' own keys aside. */
    async keysLeft() {
      const keys = await redis.keys(`{${prefix}:*`);
      return keys.filter((key) => !/:(deliveries|retries|commits):/.test(key));
    },
    async expectSound(webhookId: number) {
      expect(contradictions(await inspectBacklog(redis, connected.keys, webhookId))).toEqual([]);
    },
    async close() {
      await connected.waker.close();
      redis.disconnect();
    },
  };
}

/** Events named a0, a1, …, all created at `created`. */
export function chunk(
  name: string,
  { events = 1, created = 500 }: { events?: number; created?: number } = {},
): Chunk {
  return packChunk(
    'open',
    Array.from({ length: events }, (_, at) => ({ created, text: `{"id":"${name}${at}"` })),
  );
}

/** Fails when it was overtaken. */
export function owned<T>(reply: T | typeof OVERTAKEN): T {
  if (reply === OVERTAKEN) throw new Error('The run was overtaken.');
  return reply;
}

export const idsOf = (pendings: readonly Pending[]) => pendings.map(({ id }) => id);
