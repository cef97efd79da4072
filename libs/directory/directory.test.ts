import { setImmediate as settled } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ChangesRead } from './changes.ts';
import { Directory } from './directory.ts';

let reads: { cursor: string | null; resolve(read: ChangesRead): void; reject(error: Error): void }[];
let directory: Directory;

beforeEach(() => {
  reads = [];
  directory = new Directory({
    source: { findCollectingByClients: async () => [], findByIds: async () => new Map() },
    feed: {
      readSince: (cursor) => new Promise((resolve, reject) => reads.push({ cursor, resolve, reject })),
    },
    clock: () => 0,
    ttlMs: 1,
    maxClients: 1,
    maxWebhooks: 1,
  });
});

const endOf = (cursor: string): ChangesRead => ({ cursor, changes: [] });

describe('Directory.sync', () => {
  it('shares one read among callers of the same moment', async () => {
    const syncs = [directory.sync(), directory.sync()];
    await settled();
    expect(reads).toHaveLength(1);
    reads[0]?.resolve(endOf('1-0'));
    await Promise.all(syncs);
  });

  it('never gives a caller a read that began before its call', async () => {
    let lateDone = false;
    const early = directory.sync();
    await settled();
    const late = Promise.all([directory.sync(), directory.sync()]).then(() => {
      lateDone = true;
    });
    await settled();
    reads[0]?.resolve(endOf('1-0'));
    await early;
    await settled();
    expect(lateDone).toBe(false);
    expect(reads.map(({ cursor }) => cursor)).toEqual([null, '1-0']);
    reads[1]?.resolve(endOf('2-0'));
    await late;
  });

  it('tells a failure only to those who shared it, and reads from the same place again', async () => {
    const failing = directory.sync();
    await settled();
    const next = directory.sync();
    reads[0]?.reject(new Error('away'));
    await expect(failing).rejects.toThrow('away');
    await settled();
    expect(reads[1]?.cursor).toBeNull();
    reads[1]?.resolve(endOf('1-0'));
    await next;
  });
});
