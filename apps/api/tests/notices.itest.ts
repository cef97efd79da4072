import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { packChunk } from '#libs/backlog/chunk.ts';
import { type ConnectedBacklog, connectBacklog } from '#libs/backlog/connectBacklog.ts';
import { ChangeFeed } from '#libs/directory/changes.ts';
import { silentLogger } from '#libs/logging/logger.ts';
import { connectRedis } from '#libs/runtime/redis.ts';
import { ContractClient, type Webhook } from './contractClient.ts';

/** What the workers learn of a change, by the time that it is answered. */
let contract: ContractClient;
let redis: ReturnType<typeof connectRedis>;
let feed: ChangeFeed;
let backlog: ConnectedBacklog;

beforeAll(async () => {
  contract = await ContractClient.start();
  const { redisUrl, prefix } = contract.api;
  redis = connectRedis(redisUrl, 'waiting', silentLogger);
  feed = new ChangeFeed({ redis, prefix });
  backlog = connectBacklog({ redis, prefix, shards: 1, clock: Date.now, graceMs: 1000 });
});

afterAll(async () => {
  await backlog.waker.close();
  redis.disconnect();
  await contract.stop();
});

async function pendingFor(webhook: Webhook): Promise<void> {
  const chunk = packChunk('open', [{ created: Date.now(), text: '{"type":"open"' }]);
  await backlog.backlog.append([{ webhookId: webhook.id, chunks: [chunk] }]);
}

/** How many delivery jobs there are now; they are taken away. */
async function takeJobs(): Promise<number> {
  const counts = await Promise.all(
    backlog.waker.queues.map(async (queue) => {
      const jobs = await queue.getJobs(['waiting', 'delayed', 'prioritized']);
      await Promise.all(jobs.map((job) => job.remove()));
      return jobs.length;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

const pendingEvents = async () => (await backlog.waiting.totals(Date.now())).events;

describe('a change of a webhook', () => {
  it('is announced before it is answered', async () => {
    const webhook = await contract.ready('get');
    for (const operation of ['update', 'activate', 'deactivate', 'delete'] as const) {
      const { cursor } = await feed.readSince(null);
      await contract.perform(operation, webhook);
      const { changes } = await feed.readSince(cursor);
      expect(changes).toEqual([{ clientId: contract.clientId, webhookId: webhook.id }]);
    }
  });

  it('that did not happen is not announced', async () => {
    const webhook = await contract.ready('get');
    const { cursor } = await feed.readSince(null);
    await contract.perform('deactivate', webhook);
    await contract.perform('get', webhook);
    await contract.perform('update', webhook, { json: {} });
    expect(await feed.readSince(cursor)).toMatchObject({ changes: [] });
  });
});

describe('the events that wait for a webhook', () => {
  it('are tried at once when it is activated, and when it is updated while active', async () => {
    const webhook = await contract.ready('get');
    await pendingFor(webhook);
    expect(await takeJobs()).toBe(0);
    await contract.perform('update', webhook);
    expect(await takeJobs()).toBe(0);
    await contract.perform('activate', webhook);
    expect(await takeJobs()).toBe(1);
    await contract.perform('update', webhook);
    expect(await takeJobs()).toBe(1);
    await contract.perform('deactivate', webhook);
    expect(await takeJobs()).toBe(0);
    expect(await pendingEvents()).toBe(1);
  });

  it('are dropped when it is deleted', async () => {
    const webhook = await contract.ready('get');
    const before = await pendingEvents();
    await pendingFor(webhook);
    expect(await pendingEvents()).toBe(before + 1);
    await contract.perform('delete', webhook);
    expect(await pendingEvents()).toBe(before);
  });
});
