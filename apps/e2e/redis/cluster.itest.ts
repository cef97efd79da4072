import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Queue } from 'bullmq';
import { Cluster } from 'ioredis';
import type { EventType } from '#libs/domain/eventType.ts';
import { silentLogger } from '#libs/logging/logger.ts';
import { createPublisher, type Publisher } from '#libs/publisher/publisher.ts';
import { connectRedis } from '#libs/runtime/redis.ts';
import { onceBack } from '#libs/runtime/redisMasters.ts';
import { NODE_TIMEOUT_MS } from '#libs/testing/clusterNode.ts';
import { type Customer, startCustomer } from '#libs/testing/customer.ts';
import { makeEvent } from '#libs/testing/fixtures.ts';
import { type OwnCluster, startOwnCluster } from '#libs/testing/ownCluster.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { send } from '../../api/tests/httpClient.ts';
import { AdminClient, type WebhookRef } from '../adminClient.ts';
import type { Program } from '../childProcess.ts';
import { Fleet } from '../fleet.ts';
import { migratedSettings, newClientId, OPERATOR } from '../settings.ts';
import { SteadyProducer } from './steadyProducer.ts';

const SHARDS = 6;
const TYPES: readonly EventType[] = ['open', 'click', 'bounce'];
/** A failover takes seconds, and two workers and an API share the machine with nine servers. */
const TIMEOUT_MS = 120_000;

let cluster: OwnCluster;
let fleet: Fleet;
let customer: Customer;
let apiPort: number;
let workers: Program[];
let publisher: Publisher;
let webhooks: (WebhookRef & { type: EventType })[];

const prefix = () => fleet.settings.QUEUE_PREFIX ?? '';
const received = () => new Set(customer.acceptedEvents().map(({ id }) => String(id)));

beforeAll(async () => {
  cluster = await startOwnCluster();
  fleet = new Fleet({
    ...(await migratedSettings()),
    REDIS_URL: cluster.url,
    REDIS_MIN_REPLICAS: '1',
    SHARDS: String(SHARDS),
    RETRY_INTERVAL_MS: '200',
  });
  customer = await startCustomer();
  const api = fleet.start('api');
  apiPort = Number((await api.logged('Ready')).port);
  const admin = new AdminClient({ port: apiPort, auth: OPERATOR });
  webhooks = [];
  // Their ids follow each other, so that each shard gets some.
  for (let index = 0; index < 2 * SHARDS; index += 1) {
    const type = TYPES[index % TYPES.length] ?? 'open';
    const webhook = await admin.create(newClientId(), { type, targetUrl: customer.url });
    await admin.activate(webhook);
    webhooks.push({ ...webhook, type });
  }
  workers = [await fleet.startWorker(), await fleet.startWorker()];
  publisher = createPublisher({ redisUrl: cluster.url, prefix: prefix(), minReplicas: 1 });
}, TIMEOUT_MS);

afterAll(async () => {
  await publisher?.close();
  await fleet?.stop();
  await customer?.close();
  await cluster?.close();
}, TIMEOUT_MS);

describe('On a Redis Cluster', () => {
  it('shards and queues of events are spread over all nodes', async () => {
    await publisher.publish(webhooks.map(({ clientId, type }) => makeEvent({ clientId, type })));
    await customer.waitForAccepted(webhooks.length);
    const found = await Promise.all((await cluster.masters()).map(findTags));
    const shards = found.map((tags) => tags.filter((tag) => tag.includes(':shard-')));
    expect(shards.flat().sort()).toEqual(Array.from({ length: SHARDS }, (_, n) => `${prefix()}:shard-${n}`));
    expect(Math.min(...shards.map(({ length }) => length))).toBeGreaterThan(0);
    // Thirteen types of events, and the notices.
    const queues = found.map((tags) => tags.filter((tag) => !tag.includes(':shard-')));
    expect(new Set(queues.flat()).size).toBe(14);
    expect(Math.min(...queues.map(({ length }) => length))).toBeGreaterThan(0);
  });

  it('all ways in and all that looks into Redis work', async () => {
    const [{ clientId, type } = { clientId: 0, type: 'open' as const }] = webhooks;
    const [overHttp, foreign] = [makeEvent({ clientId, type }), makeEvent({ clientId, type })];
    const call = { auth: OPERATOR, path: `/rest/${clientId}/events`, method: 'POST' };
    expect((await send(apiPort, { ...call, json: [overHttp] })).body).toMatchObject({ accepted: 1 });

    const connection = new Cluster([{ port: (await cluster.masters())[0] }]);
    const queue = new Queue(`{events-${type}}`, { connection, prefix: prefix() });
    await queue.add(type, foreign);
    const arrived = () => [overHttp, foreign].every(({ id }) => received().has(String(id)));
    await waitUntil(arrived, { what: 'both events' });
    await queue.close();
    connection.disconnect();

    const queues = await get(
      apiPort,
      `/admin/queues/api/queues?activeQueue=${encodeURIComponent(`{events-${type}}`)}`,
    );
    expect(queues.body.queues.length).toBe(13 + 2 * SHARDS + 1);
    for (const port of [apiPort, ...(await healthPorts())]) {
      expect(await get(port, '/health/ready')).toMatchObject({ status: 200, body: { status: 'ok' } });
      expect((await get(port, '/metrics')).text).toMatch(/^postrider_redis_memory_used_bytes [1-9]/m);
    }
  });

  it(
    'nothing that was acknowledged is lost by the kill of a master and by a planned failover',
    async () => {
      const producer = new SteadyProducer(publisher, webhooks);
      const more = (what: string) => moreForAll(producer, what);
      await more('before');
      // One with a queue in use; shards are on all of them.
      const killed = await cluster.masterOf(`${prefix()}:{events-${webhooks[0]?.type}}:wait`);
      await cluster.killMaster(killed);
      await cluster.restart(killed);
      await more('after the kill');
      const returns = await watchReturns();
      const [other = 0] = (await cluster.masters()).filter((port) => port !== killed);
      await cluster.handOver(await cluster.replicaOf(other));
      await waitUntil(() => returns.count() > 0, { what: 'a connection that notices who has taken over' });
      returns.stop();
      await more('after the planned failover');
      await producer.stop();

      const lost = () => {
        const ids = received();
        return producer.acknowledged.filter(({ id }) => !ids.has(id));
      };
      await waitUntil(() => lost().length === 0, {
        what: 'all that was acknowledged',
        timeoutMs: 60_000,
      }).catch(() => expect(lost()).toEqual([]));
      // The kill held up, or had refused, what was on its way to that master, or the test has shown nothing.
      expect(producer.longestMs).toBeGreaterThan(NODE_TIMEOUT_MS / 2);
      for (const port of [apiPort, ...(await healthPorts())]) {
        await waitUntil(async () => (await get(port, '/health/ready')).status === 200, { what: 'readiness' });
      }
    },
    TIMEOUT_MS,
  );

  it(
    'an event that no replica has is not acknowledged',
    async () => {
      const master = await cluster.masterOf(`${prefix()}:{events-open}:wait`);
      const replica = await cluster.replicaOf(master);
      const careless = createPublisher({ redisUrl: cluster.url, prefix: prefix() });
      cluster.hang(replica);
      try {
        await careless.publish(makeEvent({ type: 'open' }));
        await expect(publisher.publish(makeEvent({ type: 'open' }))).rejects.toThrow('1 replica(s)');
      } finally {
        cluster.resume(replica);
        await careless.close();
      }
      await waitUntil(
        () =>
          publisher.publish(makeEvent({ type: 'open' })).then(
            () => true,
            () => false,
          ),
        {
          what: 'a publish that is acknowledged again',
        },
      );
    },
    TIMEOUT_MS,
  );
});

/** Counts the times at which something that others wrote may have gone missing, from now on. */
async function watchReturns() {
  const redis = connectRedis(cluster.url, 'waiting', silentLogger);
  let count = 0;
  onceBack(redis, () => {
    count += 1;
  });
  await waitUntil(() => count === 1, { what: 'the first connection' });
  // Whoever asks for keys of each shard meets the one that was handed over.
  const timer = setInterval(() => {
    for (const { id } of webhooks) void redis.exists(`{${prefix()}:shard-${id % SHARDS}}:pending`);
  }, 50);
  return {
    count: () => count - 1,
    stop() {
      clearInterval(timer);
      redis.disconnect();
    },
  };
}

/** What is in the braces of the keys of ours that a node holds. */
async function findTags(port: number): Promise<string[]> {
  const node = cluster.connect(port);
  const keys = await node.keys(`*${prefix()}*`);
  node.disconnect();
  return [...new Set(keys.flatMap((key) => /\{([^}]+)\}/.exec(key)?.[1] ?? []))];
}

async function moreForAll(producer: SteadyProducer, what: string): Promise<void> {
  const before = webhooks.map(({ clientId }) => producer.acknowledgedOf(clientId));
  const grown = () =>
    webhooks.every(({ clientId }, index) => producer.acknowledgedOf(clientId) > (before[index] ?? 0));
  await waitUntil(grown, { what: `acknowledged events of all clients ${what}`, timeoutMs: 60_000 });
}

async function healthPorts(): Promise<number[]> {
  return Promise.all(workers.map(async (worker) => Number((await worker.logged('Ready')).healthPort)));
}

function get(port: number, path: string) {
  return send(port, { method: 'GET', path, auth: OPERATOR });
}
