import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { makeEvent, makeEvents } from '../../testing/fixtures.ts';
import { type OwnRedis, startOwnRedis } from '../../testing/ownRedis.ts';
import { waitUntil } from '../../testing/waitUntil.ts';
import { PublishError } from '../publishError.ts';
import { createPublisher, type Publisher } from '../publisher.ts';

const prefix = 'publisher';
/** "At once", with room for a busy machine. */
const AT_ONCE_MS = 2_000;

let server: OwnRedis;
let publisher: Publisher;

beforeAll(async () => {
  server = await startOwnRedis();
});
afterAll(() => server.close());

beforeEach(() => {
  publisher = createPublisher({ redisUrl: server.url, prefix, answerTimeoutMs: 500 });
});
afterEach(() => publisher.close());

async function withRedis<T>(use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(server.url, { maxRetriesPerRequest: null });
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

async function queuedEvents(): Promise<number> {
  return withRedis(async (redis) => {
    const queue = new Queue('events-open', { connection: redis, prefix });
    const jobs = await queue.getJobs(['wait']);
    await queue.close();
    return jobs.reduce((sum, job) => sum + job.data.events.length, 0);
  });
}

async function failure(publish: Promise<void>): Promise<PublishError> {
  const began = performance.now();
  const error = await publish.then(() => null).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(PublishError);
  expect(performance.now() - began).toBeLessThan(AT_ONCE_MS);
  return error as PublishError;
}

describe('a full Redis', () => {
  it('rejects with the events to repeat, and takes them when there is room again', async () => {
    await publisher.publish(makeEvent());
    const before = await queuedEvents();
    await withRedis((redis) => redis.config('SET', 'maxmemory', '1'));
    const events = makeEvents(3);
    const error = await failure(publisher.publish(events));
    expect(error.message).toBe('3 event(s) not queued: Redis is full (maxmemory is reached)');
    expect(error.events).toEqual(events);
    await withRedis((redis) => redis.config('SET', 'maxmemory', '0'));
    await publisher.publish(error.events);
    expect(await queuedEvents()).toBe(before + 3);
  });
});

describe('a Redis that is away', () => {
  it('fails at once, for types that were used before and others, and works again by itself', async () => {
    await publisher.publish(makeEvent());
    await server.kill();
    for (const type of ['open', 'click', 'open'] as const) {
      expect((await failure(publisher.publish(makeEvent({ type })))).message).toContain(
        'Redis is not reachable',
      );
    }
    await server.restart();
    await waitUntil(
      () =>
        publisher.publish(makeEvent({ type: 'click' })).then(
          () => true,
          () => false,
        ),
      {
        what: 'publishing works again',
      },
    );
    await publisher.publish(makeEvent());
  });

  it('at the start: fails when the first connection takes too long, and works once it is there', async () => {
    await server.kill();
    const early = createPublisher({ redisUrl: server.url, prefix, connectTimeoutMs: 200 });
    const error = await failure(early.publish(makeEvent()));
    expect(error.message).toContain('Redis is not reachable');
    await server.restart();
    await waitUntil(
      () =>
        early.publish(makeEvent()).then(
          () => true,
          () => false,
        ),
      { what: 'it works' },
    );
    await early.close();
  });

  it('loses nothing that was acknowledged, however often Redis is killed under load', async () => {
    const before = await queuedEvents();
    let acknowledged = 0;
    let publishing = true;
    const produce = async () => {
      while (publishing) {
        await publisher.publish(makeEvents(10)).then(
          () => {
            acknowledged += 10;
          },
          () => new Promise((resolve) => setTimeout(resolve, 20)),
        );
      }
    };
    const producers = Array.from({ length: 4 }, produce);
    for (let round = 1; round <= 3; round += 1) {
      const target = acknowledged + 200;
      await waitUntil(() => acknowledged >= target, { what: 'events flow' });
      await server.kill();
      await server.restart();
    }
    publishing = false;
    await Promise.all(producers);
    expect((await queuedEvents()) - before).toBeGreaterThanOrEqual(acknowledged);
  });

  it('that hangs: fails in time, and the publisher can still be closed', async () => {
    await publisher.publish(makeEvent());
    server.hang();
    expect((await failure(publisher.publish(makeEvent()))).message).toContain('did not answer in time');
    await publisher.close();
    await server.kill();
    await server.restart();
  });

  it('does not keep the publisher from being closed', async () => {
    await publisher.publish(makeEvent());
    await server.kill();
    await publisher.close();
    await server.restart();
  });
});
