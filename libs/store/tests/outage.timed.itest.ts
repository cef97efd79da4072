import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import { testServers } from '#libs/testing/servers.ts';
import type { Database } from '../database.ts';
import { migrate } from '../migrate.ts';
import { StoreUnavailable } from '../storeErrors.ts';
import type { WebhookStore } from '../webhookStore.ts';
import { FaultyProxy } from './faultyProxy.ts';
import { openStore } from './storeFixture.ts';

/** The API promises its 503 in under 2 seconds. */
const LIMIT_MS = 2000;
const FIELDS = { type: 'open', format: 'json', targetUrl: 'https://example.com/' } as const;

let databaseUrl: string;
let proxy: FaultyProxy;
let database: Database;
let store: WebhookStore;
let clientId = 0;

beforeAll(async () => {
  databaseUrl = await testServers().createDatabase();
  await migrate({ databaseUrl });
  proxy = await FaultyProxy.inFrontOf(databaseUrl, 3306);
  ({ database, store } = openStore({ databaseUrl: proxy.url }));
});

beforeEach(() => {
  clientId += 1;
});

afterAll(async () => {
  await database.close();
  await proxy.cut();
});

const faults = {
  'is killed': () => proxy.cut(),
  hangs: async () => proxy.hang(),
};

async function expectUnavailable(operation: () => Promise<unknown>): Promise<void> {
  const began = performance.now();
  await expect(operation()).rejects.toThrow(StoreUnavailable);
  expect(performance.now() - began).toBeLessThan(LIMIT_MS);
}

describe.each(Object.entries(faults))('while MySQL %s', (_name, fail) => {
  it('every operation says so in under 2 seconds, and works again afterwards', async () => {
    const result = await store.create(clientId, FIELDS);
    if (result.kind !== 'created') throw new Error(result.kind);
    await fail();
    const operations = [
      () => store.find(result.webhook),
      () => store.create(clientId, FIELDS),
      () => store.update(result.webhook, FIELDS),
      () => store.changeStatus(result.webhook, 'activate'),
      () => store.findCollectingByClients([clientId]),
      () => store.findById(result.webhook.id),
      () => database.ping(),
    ];
    await Promise.all(operations.map(expectUnavailable));
    // More than the pool has connections: none may wait behind the others.
    await Promise.all(Array.from({ length: 30 }, () => expectUnavailable(() => database.ping())));
    await proxy.pass();
    expect(await store.find(result.webhook)).toMatchObject({ kind: 'found' });
    await Promise.all(Array.from({ length: 30 }, () => database.ping()));
  });

  it('a store that starts then works as soon as MySQL is back', async () => {
    await fail();
    const late = openStore({ databaseUrl: proxy.url });
    await expectUnavailable(() => late.database.ping());
    await proxy.pass();
    await late.database.ping();
    await late.database.close();
  });
});

describe('after the network forgot all connections', () => {
  it('they are replaced', async () => {
    const burst = () => Array.from({ length: 30 }, () => database.ping());
    await Promise.all(burst());
    proxy.forget();
    await Promise.allSettled(burst());
    await Promise.all(burst());
  });
});

describe('while a webhook is locked by somebody who does not let go', () => {
  it('a change of it gives up in under 2 seconds', async () => {
    const result = await store.create(clientId, FIELDS);
    if (result.kind !== 'created') throw new Error(result.kind);
    const somebody = await createConnection(databaseUrl);
    await somebody.beginTransaction();
    await somebody.query('SELECT * FROM webhook WHERE id = ? FOR UPDATE', [result.webhook.id]);
    await expectUnavailable(() => store.changeStatus(result.webhook, 'activate'));
    await somebody.end();
    expect(await store.changeStatus(result.webhook, 'activate')).toMatchObject({ kind: 'found' });
  });
});
