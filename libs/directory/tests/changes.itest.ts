import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { testServers } from '#libs/testing/servers.ts';
import { ChangeFeed } from '../changes.ts';
import { webhookChangesKey } from '../keys.ts';

const { redisUrl, makeQueuePrefix } = testServers();
let redis: Redis;
let prefix: string;
let feed: ChangeFeed;

beforeAll(() => {
  redis = new Redis(redisUrl);
});
afterAll(() => redis.quit());

beforeEach(() => {
  prefix = makeQueuePrefix();
  feed = new ChangeFeed({ redis, prefix });
});

const announce = (webhookId: number) => feed.announce({ clientId: 7, webhookId });

/** Reads until now, so that what follows is new. */
async function caughtUp(): Promise<string | null> {
  return (await feed.readSince(null)).cursor;
}

describe('ChangeFeed', () => {
  it('tells of no change while nothing was ever announced; then it can not tell what came first', async () => {
    expect(await feed.readSince(null)).toEqual({ cursor: null, changes: [] });
    await announce(1);
    expect(await feed.readSince(null)).toMatchObject({ cursor: expect.any(String), changes: 'gap' });
  });

  it('tells each change once, in order', async () => {
    await announce(1);
    const start = await caughtUp();
    await announce(2);
    await announce(3);
    const read = await feed.readSince(start);
    expect(read.changes).toEqual([
      { clientId: 7, webhookId: 2 },
      { clientId: 7, webhookId: 3 },
    ]);
    expect(await feed.readSince(read.cursor)).toEqual({ cursor: read.cursor, changes: [] });
  });

  it.each([
    ['was trimmed past what was read', (key: string) => redis.xtrim(key, 'MAXLEN', 1)],
    ['has vanished', (key: string) => redis.del(key)],
  ])('notices that the stream %s', async (_name, damage) => {
    await announce(1);
    const start = await caughtUp();
    await announce(2);
    await announce(3);
    await damage(webhookChangesKey(prefix));
    const read = await feed.readSince(start);
    expect(read.changes).toBe('gap');
    await announce(4);
    await announce(5);
    const { changes } = await feed.readSince(read.cursor);
    expect(changes).toEqual(read.cursor === null ? 'gap' : [expect.anything(), expect.anything()]);
  });

  it('starts afresh when it is very far behind', async () => {
    await announce(1);
    const start = await caughtUp();
    await Promise.all(Array.from({ length: 1_500 }, () => announce(2)));
    const read = await feed.readSince(start);
    expect(read.changes).toBe('gap');
    expect(await feed.readSince(read.cursor)).toMatchObject({ changes: [] });
  });

  it('is bounded', async () => {
    await Promise.all(Array.from({ length: 11_000 }, () => announce(2)));
    expect(await redis.xlen(webhookChangesKey(prefix))).toBeLessThan(10_500);
  });
});
