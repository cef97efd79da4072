import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { KeyLayout } from '#libs/backlog/keys.ts';
import { PublishError } from '#libs/publisher/publishError.ts';
import { type OwnRedis, startOwnRedis } from '#libs/testing/ownRedis.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { send } from '../api/tests/httpClient.ts';
import { metric, readMetrics } from './metrics.ts';
import { numbered, numbersOf, range } from './numbered.ts';
import { type ActivatedWebhook, type Platform, startPlatform } from './platform.ts';
import { OPERATOR } from './settings.ts';

const MIB = 1_048_576;
/** Below what any Redis uses when it is empty: it is full whatever is removed. */
const ALWAYS_FULL = '1';

let server: OwnRedis;
let redis: Redis;
let platform: Platform;
/** The stream of what was discarded and is not in MySQL yet. */
let discarded: string;

beforeAll(async () => {
  server = await startOwnRedis();
  redis = new Redis(server.url, { maxRetriesPerRequest: null });
  platform = await startPlatform({ REDIS_URL: server.url });
  discarded = new KeyLayout({ prefix: platform.config.queuePrefix, shards: 1 }).ofShard(0).discarded;
});
afterAll(async () => {
  await platform.stop();
  redis.disconnect();
  await server.close();
});

afterEach(() => limit('0'));

const limit = (maxmemory: string) => redis.config('SET', 'maxmemory', maxmemory);

async function usedBytes(): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]);
}

async function ready(port: number) {
  const { status, body } = await send(port, { method: 'GET', path: '/health/ready' });
  return { status, said: JSON.stringify(body) };
}

/** Publishes until it is refused. Returns how many events were acknowledged, and the refusal. */
async function publishUntilFull({ match }: ActivatedWebhook) {
  for (let acknowledged = 0; ; acknowledged += 500) {
    const events = numbered(500, { ...match, first: acknowledged + 1 });
    const refusal = await platform.publisher.publish(events).then(
      () => null,
      (error: unknown) => error,
    );
    if (refusal) return { acknowledged, refusal };
  }
}

describe('a Redis that reaches maxmemory (noeviction)', () => {
  it('is told of before, refuses clearly, keeps what was acknowledged, and goes on by itself with memory', async () => {
    const customer = await platform.customer(() => ({ status: 500 }));
    const webhook = await platform.activated({ customer });
    const ports = [platform.workerPort, platform.apiPort];
    for (const port of ports)
      expect(await ready(port)).toMatchObject({
        status: 200,
        said: expect.not.stringContaining('redisMemory'),
      });

    const used = await usedBytes();
    await limit(String(Math.ceil(used / 0.85)));
    for (const port of ports) {
      const { status, said } = await ready(port);
      expect({ port, status }).toEqual({ port, status: 200 });
      expect(said).toContain("% of Redis' maxmemory is used");
      const text = await readMetrics(port);
      const [usedNow, max] = ['used', 'max'].map((what) =>
        metric(text, `postrider_redis_memory_${what}_bytes`),
      );
      expect((usedNow ?? 0) / (max ?? 1)).toBeGreaterThan(0.8);
    }

    await limit(String(used + 2 * MIB));
    const { acknowledged, refusal } = await publishUntilFull(webhook);
    expect(refusal).toBeInstanceOf(PublishError);
    // How many of a publish are refused depends on how they were packed.
    expect(String(refusal)).toMatch(
      /^PublishError: \d+ event\(s\) not queued: Redis is full \(maxmemory is reached\)/,
    );
    expect(acknowledged).toBeGreaterThan(0);
    // What the workers route meanwhile gives memory back.
    await limit(ALWAYS_FULL);
    await waitUntil(async () => (await ready(platform.workerPort)).status === 503, { what: 'not ready' });

    await limit('0');
    // What was refused, and nothing else, is published again, as the error says.
    if (refusal instanceof PublishError) await platform.publisher.publish(refusal.events);
    customer.script([]);
    const events = await customer.waitForAccepted(acknowledged + 500, 60_000);
    expect(new Set(numbersOf(events))).toEqual(new Set(range(1, acknowledged + 500)));
    expect(events.length).toBe(acknowledged + 500);
    await waitUntil(async () => (await ready(platform.workerPort)).status === 200, { what: 'ready again' });
  });

  it('goes on to route, deliver, retry and discard what it holds, which is what empties it', async () => {
    const healthy = await platform.customer();
    const failing = await platform.customer([{ status: 500 }, { instead: 'reset' }, { status: 503 }]);
    const [good, bad] = [
      await platform.activated({ customer: healthy, type: 'click' }),
      await platform.activated({ customer: failing, type: 'bounce' }),
    ];
    const queues = [platform.queues.events('click'), platform.queues.events('bounce')];
    for (const queue of queues) await queue.pause();
    for (const { match } of [good, bad]) await platform.publisher.publish(numbered(5_000, match));
    await limit(ALWAYS_FULL);
    for (const queue of queues) await queue.resume();
    await healthy.waitForAccepted(5_000, 60_000);
    const events = await failing.waitForAccepted(5_000, 60_000);
    for (const { acceptedEvents } of [healthy, failing]) {
      expect(new Set(numbersOf(acceptedEvents()))).toEqual(new Set(range(1, 5_000)));
      expect(acceptedEvents().length).toBe(5_000);
    }
    expect(events.filter(({ attempt }) => attempt === 4).length).toBeGreaterThan(0);
    await platform.queues.idle('click', good.id);
    await platform.queues.idle('bounce', bad.id);
    expect(metric(await readMetrics(platform.workerPort), 'postrider_pending_events')).toBe(0);
    await limit('0');
  });

  it('keeps what it discards meanwhile in MySQL, and refuses to queue it again until there is memory', async () => {
    const customer = await platform.customer(() => ({ status: 500 }));
    const webhook = await platform.activated({ customer, type: 'doubleoptin' });
    const created = Date.now() - platform.config.eventTtlMs + 3_000;
    await platform.publisher.publish(numbered(1_000, { ...webhook.match, created }));
    await customer.waitForRequests(1);
    await limit(ALWAYS_FULL);
    const path = `/rest/${webhook.clientId}/webhooks/${webhook.id}`;
    const list = { method: 'GET', path: `${path}/discarded`, auth: OPERATOR };
    await waitUntil(
      async () => {
        const items: { events: number }[] = (await send(platform.apiPort, list)).body.items;
        return items.reduce((sum, { events }) => sum + events, 0) === 1_000;
      },
      { what: '1,000 discarded events in MySQL' },
    );
    await waitUntil(async () => (await platform.redis.xlen(discarded)) === 0, { what: 'none in Redis' });

    customer.script([]);
    const json = { from: new Date(created).toISOString(), to: new Date(created + 1).toISOString() };
    const resend = { method: 'POST', path: `${path}/resend`, auth: OPERATOR, json };
    const refused = await send(platform.apiPort, resend);
    expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    await limit('0');
    expect(await send(platform.apiPort, resend)).toMatchObject({ status: 202, body: { events: 1_000 } });
    const events = await customer.waitForAccepted(1_000);
    expect(new Set(numbersOf(events))).toEqual(new Set(range(1, 1_000)));
    expect(events.length).toBe(1_000);
  });
});
