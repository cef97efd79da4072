import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { ChangeFeed } from '#libs/directory/changes.ts';
import { Directory } from '#libs/directory/directory.ts';
import type { Database } from '#libs/store/database.ts';
import { migrate } from '#libs/store/migrate.ts';
import { openStore } from '#libs/store/tests/storeFixture.ts';
import type { WebhookStore } from '#libs/store/webhookStore.ts';
import { makeEvent, makeEvents } from '#libs/testing/fixtures.ts';
import { testServers } from '#libs/testing/servers.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { RouterFixture } from './routerFixture.ts';

const CHANGES = 15;
const CLIENT_ID = makeEvent().clientId;

const { redisUrl, makeQueuePrefix, createDatabase } = testServers();
let redis: Redis;
let database: Database;
let store: WebhookStore;
let feed: ChangeFeed;
let fixture: RouterFixture;

beforeAll(async () => {
  const databaseUrl = await createDatabase();
  await migrate({ databaseUrl });
  ({ database, store } = openStore({ databaseUrl }));
  redis = new Redis(redisUrl);
  const prefix = makeQueuePrefix();
  feed = new ChangeFeed({ redis, prefix });
  const directory = new Directory({
    source: store,
    feed,
    clock: Date.now,
    // Never: only what is announced counts here.
    ttlMs: 3_600_000,
    maxClients: 100,
    maxWebhooks: 100,
  });
  fixture = new RouterFixture({ redisUrl, prefix, directory });
  fixture.router.start();
});
afterAll(async () => {
  await fixture.close();
  await database.close();
  await redis.quit();
});

async function createWebhook(): Promise<number> {
  const targetUrl = 'https://customer.example/events';
  const created = await store.create(CLIENT_ID, { type: 'open', format: 'json', targetUrl });
  if (created.kind !== 'created') throw new Error(created.kind);
  return created.webhook.id;
}

/** As the API does it before it answers: MySQL, then the announcement. */
async function change(id: number, status: 'activate' | 'deactivate'): Promise<void> {
  const webhook = { id, clientId: CLIENT_ID };
  await store.changeStatus(webhook, status);
  await feed.announce({ webhookId: id, clientId: CLIENT_ID });
  const answeredAt = Date.now();
  await waitUntil(() => Date.now() > answeredAt, {
    what: 'the next millisecond, which tells before from after',
  });
}

it('an event added after the answer to an activation is collected, after that to a deactivation no longer', async () => {
  const id = await createWebhook();
  const collected: unknown[] = [];
  for (let round = 0; round < CHANGES; round += 1) {
    // Other events keep the directory and the commits busy all the while.
    const noise = makeEvents(50).map((data) => ({ name: 'open', data: { ...data, id: 'noise' } }));
    await change(id, 'activate');
    const during = makeEvent();
    await Promise.all([fixture.queue().addBulk(noise), fixture.queue().add('open', during)]);
    await change(id, 'deactivate');
    await Promise.all([fixture.queue().addBulk(noise), fixture.queue().add('open', makeEvent())]);
    await waitUntil(() => fixture.isDone(), { what: 'what was added while it was not is routed' });
    collected.push(during.id);
  }
  expect(fixture.sink.fields(id, 'id').filter((each) => each !== 'noise')).toEqual(collected);
});
