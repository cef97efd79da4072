import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { countCommands } from '#libs/localServers/countCommands.ts';
import { silentLogger } from '#libs/logging/logger.ts';
import { connectRedis } from '#libs/runtime/redis.ts';
import { type OwnRedis, startOwnRedis } from '#libs/testing/ownRedis.ts';
import { connectBacklog } from '../connectBacklog.ts';
import { BacklogSink } from '../sink.ts';
import { chunk, GRACE_MS } from './backlogFixture.ts';

/** What the same work cost when this was written, with some room: a rise wants a reason, or a mend. */
const MAX_COMMANDS_PER_CHUNK = 6;
const WEBHOOKS = 500;
const ROUNDS = 30;

let server: OwnRedis;
let redis: ReturnType<typeof connectRedis>;

beforeAll(async () => {
  // Commands are counted by the server, so that it must serve nobody else.
  server = await startOwnRedis();
  redis = connectRedis(server.url, 'waiting', silentLogger);
});
afterAll(async () => {
  redis?.disconnect();
  await server?.close();
});

it('few Redis commands for many webhooks that get an event now and then, and have not had their turn', async () => {
  const settings = { prefix: 'many', shards: 2, clock: Date.now, graceMs: GRACE_MS };
  const connected = connectBacklog({ redis, ...settings });
  const sink = new BacklogSink(connected);
  const before = await countCommands(redis);
  for (let commit = 1; commit <= ROUNDS; commit += 1) {
    const appends = Array.from({ length: WEBHOOKS }, (_, id) => ({
      webhookId: id + 1,
      chunks: [chunk('a')],
    }));
    await sink.appendChunks(appends, { wakeAlways: false, commit });
  }
  expect((await countCommands(redis)) - before).toBeLessThan(WEBHOOKS * ROUNDS * MAX_COMMANDS_PER_CHUNK);
  expect((await connected.waiting.totals(Date.now())).events).toBe(WEBHOOKS * ROUNDS);
  const jobs = connected.waker.queues.map((queue) => queue.getWaitingCount());
  expect((await Promise.all(jobs)).reduce((sum, count) => sum + count)).toBe(WEBHOOKS);
  await connected.waker.close();
});
