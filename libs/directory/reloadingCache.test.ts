import { beforeEach, describe, expect, it } from '@jest/globals';
import { ReloadingCache } from './reloadingCache.ts';

const TTL_MS = 1_000;
let now: number;
let stored: string | Error;
let loads: number;
let cache: ReloadingCache<string>;

beforeEach(() => {
  now = 1_000_000;
  stored = 'old';
  loads = 0;
  cache = new ReloadingCache({
    load: async () => {
      loads += 1;
      if (stored instanceof Error) throw stored;
      return stored;
    },
    clock: () => now,
    ttlMs: TTL_MS,
    maxEntries: 10,
  });
});

describe('a value that is doubted', () => {
  it('is asked for once more, although it is young', async () => {
    await cache.get(1);
    stored = 'new';
    cache.doubtAll();
    now += 1;
    expect(cache.peek(1)).toBeUndefined();
    expect(await cache.get(1)).toBe('new');
    expect(cache.peek(1)).toBe('new');
    expect(loads).toBe(2);
  });

  it('stays in use while it can not be asked for', async () => {
    await cache.get(1);
    cache.doubtAll();
    stored = new Error('away');
    expect(await cache.get(1)).toBe('old');
    stored = 'new';
    now += 1;
    expect(await cache.get(1)).toBe('new');
  });

  it('is not replaced by a load that was under way', async () => {
    const early = cache.get(1);
    cache.doubtAll();
    stored = 'new';
    now += 1;
    expect(await early).toBe('old');
    expect(await cache.get(1)).toBe('new');
  });
});
