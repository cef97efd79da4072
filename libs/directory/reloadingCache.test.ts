import { beforeEach, describe, expect, it } from '@jest/globals';
import { ReloadingCache } from './reloadingCache.ts';

const TTL_MS = 100;
const DOUBT_MS = 50;
const UNCHECKED_MS = 1_000;

interface Load {
  readonly key: number;
  resolve(value: string): void;
  reject(error: Error): void;
}

let now: number;
let loads: Load[];
let cache: ReloadingCache<string>;

beforeEach(() => {
  now = 0;
  loads = [];
  cache = new ReloadingCache({
    load: (key) => new Promise((resolve, reject) => loads.push({ key, resolve, reject })),
    clock: () => now,
    ttlMs: TTL_MS,
    doubtMs: DOUBT_MS,
    uncheckedMs: UNCHECKED_MS,
    maxEntries: 2,
  });
});

const settled = () => new Promise((resolve) => setImmediate(resolve));

async function know(key: number, value: string): Promise<void> {
  const got = cache.get(key);
  loads.at(-1)?.resolve(value);
  expect(await got).toBe(value);
}

/** What is answered while the source is away. */
function failToLoad(): Promise<string> {
  const got = cache.get(1);
  loads.at(-1)?.reject(new Error('away'));
  return got;
}

describe('ReloadingCache', () => {
  it('loads once for all who ask while the load is under way', async () => {
    const both = [cache.get(1), cache.get(1)];
    expect(loads).toHaveLength(1);
    loads[0]?.resolve('a');
    expect(await Promise.all(both)).toEqual(['a', 'a']);
  });

  it('uses a young value as it is', async () => {
    await know(1, 'a');
    now = TTL_MS - 1;
    expect(cache.peek(1)).toBe('a');
    expect(loads).toHaveLength(1);
  });

  it('uses an older one and reloads it behind the back of the caller', async () => {
    await know(1, 'a');
    now = TTL_MS;
    expect(cache.peek(1)).toBe('a');
    expect(cache.peek(1)).toBe('a');
    expect(loads).toHaveLength(2);
    loads[1]?.resolve('b');
    await settled();
    expect(cache.peek(1)).toBe('b');
  });

  it('reloads a value that nobody has asked for in a long time before it is used', async () => {
    await know(1, 'a');
    now = 2 * TTL_MS;
    expect(cache.peek(1)).toBeUndefined();
    await know(1, 'b');
  });

  it('goes on with an old value while it can not be loaded, without making the next callers wait', async () => {
    await know(1, 'a');
    now = 1_000 * TTL_MS;
    const got = cache.get(1);
    loads[1]?.reject(new Error('away'));
    expect(await got).toBe('a');
    expect(cache.peek(1)).toBe('a');
  });

  it('fails for a value that was never known, and tries again for the next caller', async () => {
    const got = cache.get(1);
    loads[0]?.reject(new Error('away'));
    await expect(got).rejects.toThrow('away');
    await know(1, 'a');
  });

  it('never uses a forgotten value again, even while it can not be loaded', async () => {
    await know(1, 'a');
    cache.forget(1);
    const got = cache.get(1);
    loads[1]?.reject(new Error('away'));
    await expect(got).rejects.toThrow('away');
  });

  it('does not fall back on a value that was forgotten during its reload', async () => {
    await know(1, 'a');
    now = 2 * TTL_MS;
    const got = cache.get(1);
    cache.forget(1);
    loads[1]?.reject(new Error('away'));
    await expect(got).rejects.toThrow('away');
  });

  it.each([
    ['forget', () => cache.forget(1)],
    ['forgetAll', () => cache.forgetAll()],
    ['doubtAll', () => cache.doubtAll()],
  ])('%s: a load that had begun before is not kept, nor given to who comes later', async (_name, forget) => {
    const early = cache.get(1);
    forget();
    const late = cache.get(1);
    expect(loads).toHaveLength(2);
    loads[1]?.resolve('new');
    loads[0]?.resolve('old');
    expect(await Promise.all([early, late])).toEqual(['old', 'new']);
    now = DOUBT_MS;
    expect(cache.peek(1)).toBe('new');
  });

  it('reloads a doubted value whenever it is used, until what changed meanwhile is announced', async () => {
    await know(1, 'a');
    cache.doubtAll();
    for (const value of ['b', 'c']) {
      expect(cache.peek(1)).toBeUndefined();
      await know(1, value);
    }
    now = DOUBT_MS;
    expect(cache.peek(1)).toBe('c');
  });

  it('doubts for no longer when the clock is set back', async () => {
    now = 1_000_000;
    cache.doubtAll();
    now = 1;
    await know(1, 'a');
    expect(cache.peek(1)).toBe('a');
  });

  it('does not use a doubted value for long; then it goes on with it while it can not be loaded', async () => {
    await know(1, 'a');
    now = 1;
    cache.doubtAll();
    for (const late of [0, DOUBT_MS, UNCHECKED_MS - 1]) {
      now = 1 + late;
      await expect(failToLoad()).rejects.toThrow('away');
    }
    now = 1 + UNCHECKED_MS;
    expect(await failToLoad()).toBe('a');
    expect(cache.peek(1)).toBe('a');
  });

  it('uses a value that was loaded since, when what changed meanwhile is announced', async () => {
    await know(1, 'a');
    cache.doubtAll();
    await know(1, 'b');
    now = DOUBT_MS - 1;
    await expect(failToLoad()).rejects.toThrow('away');
    now = 2 * TTL_MS + DOUBT_MS;
    expect(await failToLoad()).toBe('b');
  });

  it('keeps no more than it may', async () => {
    for (const key of [1, 2, 3]) await know(key, 'a');
    expect([1, 2, 3].map((key) => cache.peek(key))).toEqual([undefined, 'a', 'a']);
  });
});
