import { describe, expect, it } from '@jest/globals';
import { batchedLoad } from './batchedLoad.ts';

function recording(loads: number[][]) {
  return batchedLoad({
    loadMany: async (keys) => {
      loads.push([...keys]);
      return new Map(keys.filter((key) => key < 100).map((key) => [key, `value ${key}`]));
    },
    keysPerLoad: 3,
  });
}

describe('batchedLoad', () => {
  it('asks once for all keys of the same moment, and answers each with its own', async () => {
    const loads: number[][] = [];
    const load = recording(loads);
    expect(await Promise.all([load(1), load(2), load(1), load(100)])).toEqual([
      'value 1',
      'value 2',
      'value 1',
      undefined,
    ]);
    expect(loads).toEqual([[1, 2, 100]]);
  });

  it('asks anew for what comes later', async () => {
    const loads: number[][] = [];
    const load = recording(loads);
    await load(1);
    await load(1);
    expect(loads).toEqual([[1], [1]]);
  });

  it('bounds the keys of a question', async () => {
    const loads: number[][] = [];
    const load = recording(loads);
    await Promise.all([1, 2, 3, 4].map(load));
    expect(loads).toEqual([[1, 2, 3], [4]]);
  });

  it('tells a failure to all who wait for it', async () => {
    const load = batchedLoad<string>({
      loadMany: () => Promise.reject(new Error('away')),
      keysPerLoad: 10,
    });
    const results = await Promise.allSettled([load(1), load(2)]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
