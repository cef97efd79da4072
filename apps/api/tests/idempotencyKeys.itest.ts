import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { testServers } from '#libs/testing/servers.ts';
import { IdempotencyKeys } from '../events/idempotencyKeys.ts';

const { redisUrl, makeQueuePrefix } = testServers();
let redis: Redis;
let keys: IdempotencyKeys;

beforeAll(() => {
  redis = new Redis(redisUrl);
  keys = new IdempotencyKeys({ redis, prefix: makeQueuePrefix() });
});
afterAll(() => redis.quit());

const request = (key: string, body = '[]') => ({ clientId: 1, key, body: Buffer.from(body) });

/** Work that ends when the test says so, and how often it was begun. */
function makeWork() {
  const end = Promise.withResolvers<void>();
  const work = {
    ...end,
    begun: 0,
    run: () => {
      work.begun += 1;
      return end.promise;
    },
  };
  return work;
}

describe('what is done once under a key', () => {
  it('is not begun again while it is under way, nor after it', async () => {
    const work = makeWork();
    const first = keys.once(request('a'), work.run);
    expect(await keys.once(request('a'), work.run)).toBe('underWay');
    expect(await keys.once(request('a', '[1]'), work.run)).toBe('otherRequest');
    work.resolve();
    expect(await first).toBe('done');
    expect(await keys.once(request('a'), work.run)).toBe('repeated');
    expect(await keys.once(request('a', '[1]'), work.run)).toBe('otherRequest');
    expect(work.begun).toBe(1);
  });

  it('can be tried again when it has failed, also with another body', async () => {
    const work = makeWork();
    work.reject(new Error('Redis is full'));
    await expect(keys.once(request('b'), work.run)).rejects.toThrow('Redis is full');
    expect(await keys.once(request('b', '[1]'), async () => undefined)).toBe('done');
  });

  it('can be tried again soon when whoever was at it has died', async () => {
    const prefix = makeQueuePrefix();
    const dies = new IdempotencyKeys({ redis, prefix });
    void dies.once(request('c'), () => new Promise(() => undefined));
    await dies.once(request('d'), async () => undefined);
    const ttls = await Promise.all((await redis.keys(`${prefix}:*`)).map((name) => redis.pttl(name)));
    expect(Math.min(...ttls)).toBeLessThanOrEqual(60_000);
    expect(Math.max(...ttls)).toBeGreaterThan(60_000);
  });
});
