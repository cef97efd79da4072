import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import type { EventType } from '#libs/domain/eventType.ts';
import type { Database } from '#libs/store/database.ts';
import { migrate } from '#libs/store/migrate.ts';
import { FaultyProxy } from '#libs/store/tests/faultyProxy.ts';
import { openStore } from '#libs/store/tests/storeFixture.ts';
import type { WebhookStore } from '#libs/store/webhookStore.ts';
import { testServers } from '#libs/testing/servers.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { ChangeFeed } from '../changes.ts';
import { Directory, DirectoryUnavailable, type WebhookSource } from '../directory.ts';
import { webhookChangesKey } from '../keys.ts';

const TTL_MS = 5_000;
const CLIENT = 123456789001;

const { redisUrl, makeQueuePrefix, createDatabase } = testServers();
let redis: Redis;
let mysql: FaultyProxy;
let database: Database;
let store: WebhookStore;

let now: number;
let prefix: string;
let feed: ChangeFeed;
let questions: (readonly number[])[];
/** Holds back answers that MySQL has already given. */
let gate: Promise<void>;
let directory: Directory;

beforeAll(async () => {
  redis = new Redis(redisUrl);
  mysql = await FaultyProxy.inFrontOf(await createDatabase(), 3306);
  await migrate({ databaseUrl: mysql.url });
  ({ database, store } = openStore({ databaseUrl: mysql.url }));
});
afterAll(async () => {
  await database.close();
  await mysql.cut();
  await redis.quit();
});

beforeEach(async () => {
  await mysql.pass();
  now = 1_000_000;
  prefix = makeQueuePrefix();
  feed = new ChangeFeed({ redis, prefix });
  questions = [];
  gate = Promise.resolve();
  const source: WebhookSource = {
    async findCollectingByClients(clientIds) {
      questions.push(clientIds);
      const answer = await store.findCollectingByClients(clientIds);
      await gate;
      return answer;
    },
    findByIds: (ids) => store.findByIds(ids),
  };
  directory = new Directory({
    source,
    feed,
    clock: () => now,
    ttlMs: TTL_MS,
    maxClients: 100,
    maxWebhooks: 100,
  });
  await feed.announce({ clientId: 1, webhookId: 1 });
  await directory.sync();
});

async function create(clientId: number, type: EventType = 'open'): Promise<{ id: number; clientId: number }> {
  const created = await store.create(clientId, {
    type,
    format: 'json',
    targetUrl: 'https://customer.example/events',
    authentication: { type: 'basicAuth', userName: 'user', password: 'secret' },
  });
  if (created.kind !== 'created') throw new Error(created.kind);
  return { id: created.webhook.id, clientId };
}

/** As the API does it: first MySQL, then the announcement, then the answer. */
async function change(webhook: { id: number; clientId: number }, status: 'activate' | 'deactivate') {
  await store.changeStatus(webhook, status);
  await feed.announce({ clientId: webhook.clientId, webhookId: webhook.id });
}

async function createActive(clientId: number, type?: EventType) {
  const webhook = await create(clientId, type);
  await store.changeStatus(webhook, 'activate');
  return webhook;
}

let lastClient = CLIENT;
const freshClient = () => ++lastClient;

async function activeIds(clientId: number): Promise<number[] | undefined> {
  const webhooks = (await directory.collectingWebhooks([clientId])).get(clientId);
  return webhooks?.filter(({ until }) => until === undefined).map(({ id }) => id);
}

describe('collectingWebhooks', () => {
  it('knows the activated webhooks of each client, with their type, and asks MySQL once', async () => {
    const [one, two, none] = [freshClient(), freshClient(), freshClient()];
    const open = await createActive(one);
    const click = await createActive(one, 'click');
    await create(one);
    const other = await createActive(two);
    for (let round = 0; round < 3; round += 1) {
      const found = await directory.collectingWebhooks([one, two, none]);
      const routes = (found.get(one) ?? []).map(({ id, type }) => [type, id]);
      expect(Object.fromEntries(routes)).toEqual({ open: open.id, click: click.id });
      expect(found.get(two)).toEqual([expect.objectContaining({ id: other.id, type: 'open' })]);
      expect(found.get(none)).toEqual([]);
    }
    expect(questions).toEqual([[one, two, none]]);
  });

  it('asks MySQL once also where no change was ever announced', async () => {
    const client = freshClient();
    await redis.del(webhookChangesKey(prefix));
    for (let round = 0; round < 3; round += 1) {
      await directory.sync();
      await directory.collectingWebhooks([client]);
    }
    expect(questions).toEqual([[client]]);
  });

  it('asks MySQL once for concurrent callers', async () => {
    const [one, two] = [freshClient(), freshClient()];
    await Promise.all([
      directory.collectingWebhooks([one]),
      directory.collectingWebhooks([one, two]),
      directory.collectingWebhooks([two]),
    ]);
    expect(questions).toEqual([[one, two]]);
  });
});

describe('a change that is announced', () => {
  it('counts for every sync that begins after it, and only its client is asked for again', async () => {
    const [client, other] = [freshClient(), freshClient()];
    const webhook = await create(client);
    await directory.collectingWebhooks([client, other]);
    for (const [status, expected] of [
      ['activate', [webhook.id]],
      ['deactivate', []],
      ['activate', [webhook.id]],
    ] as const) {
      await change(webhook, status);
      await directory.sync();
      expect(await activeIds(client)).toEqual(expected);
    }
    await directory.collectingWebhooks([other]);
    expect(questions.slice(1)).toEqual([[client], [client], [client]]);
  });

  it('is not undone by an answer of MySQL that was on its way when the change was made', async () => {
    const client = freshClient();
    const webhook = await create(client);
    const opened = Promise.withResolvers<void>();
    gate = opened.promise;
    const early = activeIds(client);
    await waitUntil(() => questions.length === 1, { what: 'MySQL was asked' });
    // MySQL has answered "none"; the answer is held back.
    await change(webhook, 'activate');
    await directory.sync();
    const late = activeIds(client);
    await waitUntil(() => questions.length === 2, { what: 'MySQL was asked anew' });
    opened.resolve();
    expect(await early).toEqual([]);
    expect(await late).toEqual([webhook.id]);
    expect(await activeIds(client)).toEqual([webhook.id]);
  });

  it('is learned of when its announcement was lost with the feed', async () => {
    const client = freshClient();
    const webhook = await create(client);
    await activeIds(client);
    await change(webhook, 'activate');
    await redis.del(webhookChangesKey(prefix));
    await directory.sync();
    expect(await activeIds(client)).toEqual([webhook.id]);
  });

  it('and that never was announced is learned of after the time to live', async () => {
    const client = freshClient();
    const webhook = await create(client);
    await activeIds(client);
    await store.changeStatus(webhook, 'activate');
    expect(await activeIds(client)).toEqual([]);
    now += TTL_MS;
    await waitUntil(async () => (await activeIds(client))?.length === 1, { what: 'the webhook is known' });
    await store.changeStatus(webhook, 'deactivate');
    now += 2 * TTL_MS;
    expect(await activeIds(client)).toEqual([]);
  });
});

describe.each(['cut', 'hang'] as const)('while MySQL is away (%s)', (fault) => {
  it('what is known stays in use, however old; who is not known is missing, until MySQL is back', async () => {
    const [known, unknown] = [freshClient(), freshClient()];
    const webhook = await createActive(known);
    await activeIds(known);
    await mysql[fault]();
    now += 1_000 * TTL_MS;
    expect(await activeIds(known)).toEqual([webhook.id]);
    const found = await directory.collectingWebhooks([known, unknown]);
    expect([...found.keys()]).toEqual([known]);
    await mysql.pass();
    now += TTL_MS;
    expect(await activeIds(unknown)).toEqual([]);
  });

  it('what was announced as changed is not used until it is read again', async () => {
    const client = freshClient();
    const webhook = await createActive(client);
    await activeIds(client);
    await directory.webhook(webhook.id);
    await feed.announce({ clientId: client, webhookId: webhook.id });
    await mysql[fault]();
    await directory.sync();
    expect(await activeIds(client)).toBeUndefined();
    await expect(directory.webhook(webhook.id)).rejects.toThrow(DirectoryUnavailable);
    await mysql.pass();
    now += TTL_MS;
    expect(await activeIds(client)).toEqual([webhook.id]);
    expect(await directory.webhook(webhook.id)).toMatchObject({ id: webhook.id });
  });

  it('MySQL is not asked by every caller', async () => {
    await mysql[fault]();
    for (let round = 0; round < 10; round += 1) expect(await activeIds(freshClient())).toBeUndefined();
    expect(questions).toHaveLength(1);
  });
});

describe('webhook', () => {
  it('is the whole webhook with its credentials, from memory until it changes', async () => {
    const webhook = await createActive(freshClient());
    const first = await directory.webhook(webhook.id);
    expect(first).toMatchObject({
      status: 'activated',
      authentication: { type: 'basicAuth', userName: 'user', password: 'secret' },
    });
    expect(await directory.webhook(webhook.id)).toBe(first);
    await change(webhook, 'deactivate');
    await directory.sync();
    expect(await directory.webhook(webhook.id)).toMatchObject({ status: 'deactivated' });
  });

  it('is null when there is none', async () => {
    expect(await directory.webhook(999_999_999)).toBeNull();
  });
});

describe('sync', () => {
  it('rejects while Redis can not be asked, and changes nothing', async () => {
    const client = freshClient();
    await activeIds(client);
    const broken = new Redis({
      lazyConnect: true,
      enableOfflineQueue: false,
      port: 1,
      retryStrategy: () => null,
    });
    const parts = { clock: () => now, ttlMs: TTL_MS, maxClients: 1, maxWebhooks: 1 };
    const blind = new Directory({ ...parts, source: store, feed: new ChangeFeed({ redis: broken, prefix }) });
    broken.on('error', () => {});
    await expect(blind.sync()).rejects.toThrow();
    await expect(blind.sync()).rejects.toThrow();
    broken.disconnect();
  });

  it('shares one read among all that call before it starts', async () => {
    const reads = async () => {
      const stats = String(await redis.info('commandstats'));
      return Number(/cmdstat_xrange:calls=(\d+)/.exec(stats)?.[1] ?? 0);
    };
    await directory.sync();
    const before = await reads();
    await Promise.all(Array.from({ length: 100 }, () => directory.sync()));
    expect((await reads()) - before).toBeLessThan(50);
  });
});
