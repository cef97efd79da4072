import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Queue } from 'bullmq';
import { KeyLayout } from '#libs/backlog/keys.ts';
import { makeEvents } from '#libs/testing/fixtures.ts';
import { type OwnRedis, startOwnRedis } from '#libs/testing/ownRedis.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { send } from '../api/tests/httpClient.ts';
import type { Program } from './childProcess.ts';
import { Fleet } from './fleet.ts';
import { migratedSettings } from './settings.ts';

/** Of any check, and a busy machine. */
const SOON_MS = 30_000;

let server: OwnRedis;
let fleet: Fleet;
let worker: Program;
beforeAll(async () => {
  server = await startOwnRedis();
  fleet = new Fleet({
    ...(await migratedSettings()),
    REDIS_URL: server.url,
    DELIVERY_TIMEOUT_MS: '1000',
    RETRY_INTERVAL_MS: '200',
  });
  worker = await fleet.startWorker();
});
afterAll(async () => {
  await fleet.stop();
  await server.close();
});

async function ready(of: Program) {
  const { healthPort } = await of.logged('Ready');
  const { status, body } = await send(Number(healthPort), { method: 'GET', path: '/health/ready' });
  return { status, problems: body.problems as Record<string, string> };
}

async function untilReady(of: Program, wanted: boolean) {
  return waitUntil(
    async () => {
      const answer = await ready(of);
      return (answer.status === 200) === wanted && answer;
    },
    { what: wanted ? 'ready' : 'not ready', timeoutMs: SOON_MS },
  );
}

describe('a worker', () => {
  it.each(['deliveries', 'events-open'])(
    'says that somebody has paused %s, and is ready again after',
    async (name) => {
      await untilReady(worker, true);
      const { QUEUE_PREFIX = '' } = fleet.settings;
      const tag = new KeyLayout({ prefix: QUEUE_PREFIX, shards: 1 }).shardTag(0);
      const prefix = name === 'deliveries' ? tag : QUEUE_PREFIX;
      const queue = new Queue(name, { connection: { url: server.url }, prefix });
      await queue.pause();
      const { problems } = await untilReady(worker, false);
      expect(problems).toEqual({ pausedQueues: `paused, so that nobody takes from them: ${name}` });
      await queue.resume();
      await untilReady(worker, true);
      await queue.close();
    },
  );

  it('whose deliveries have stopped to be fetched, while backlogs wait and all connections answer, says so', async () => {
    const preload = new URL('./stopsFetching.ts', import.meta.url).href;
    const { customer, publisher, clientId } = await fleet.subscribe();
    await worker.stop();
    const stuck = fleet.start('worker', { NODE_OPTIONS: `--import=${preload}` });
    await stuck.logged('Ready');
    await untilReady(stuck, true);
    // Neither the first turn nor the retry needs a job of deliveries; the last 50 events do.
    customer.script([{ status: 500 }]);
    await publisher.publish(makeEvents(150, { clientId }));
    const { problems } = await untilReady(stuck, false);
    expect(Object.keys(problems)).toEqual(['deliveries']);
    expect(problems.deliveries).toMatch(
      /^1 webhooks wait for their turn, and no transmission ended for \d+ s$/,
    );

    // Another one takes over, and there is nothing more to complain of.
    worker = await fleet.startWorker();
    await customer.waitForAccepted(150, SOON_MS);
    await untilReady(stuck, true);
    await stuck.stop('SIGKILL');
  }, 90_000);

  it('says within seconds that Redis stands still, lives on, and is ready again after', async () => {
    await untilReady(worker, true);
    server.hang();
    const { problems } = await untilReady(worker, false);
    expect(problems.redis).toBe('no answer within 1500 ms');
    const { healthPort } = await worker.logged('Ready');
    const live = await send(Number(healthPort), { method: 'GET', path: '/health/live' });
    expect(live.status).toBe(200);
    server.resume();
    await untilReady(worker, true);
  }, 120_000);
});
