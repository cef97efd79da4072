import { setImmediate as nextRound } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { GroupCommit } from './groupCommit.ts';

/** A commit that ends when told to, and notes the groups. */
function controlled({ maxWeight = 10 } = {}) {
  const groups: number[][] = [];
  const ends: { resolve(result: string): void; reject(error: Error): void }[] = [];
  const commits = new GroupCommit<number, string>({
    commit: (items) => {
      groups.push([...items]);
      return new Promise((resolve, reject) => ends.push({ resolve, reject }));
    },
    weigh: (item) => item,
    maxWeight,
  });
  return { commits, groups, ends };
}

describe('GroupCommit', () => {
  it('commits what comes in the same round of the event loop together', async () => {
    const { commits, groups, ends } = controlled();
    const results = [commits.add(1), commits.add(2)];
    await nextRound();
    expect(groups).toEqual([[1, 2]]);
    ends[0]?.resolve('done');
    expect(await Promise.all(results)).toEqual(['done', 'done']);
  });

  it('gathers the next group while one is under way, and never runs two', async () => {
    const { commits, groups, ends } = controlled();
    void commits.add(1);
    await nextRound();
    void commits.add(2);
    await nextRound();
    void commits.add(3);
    await nextRound();
    expect(groups).toEqual([[1]]);
    ends[0]?.resolve('');
    await nextRound();
    await nextRound();
    expect(groups).toEqual([[1], [2, 3]]);
  });

  it('bounds the weight of a group, keeps the order, and lets a heavy one go alone', async () => {
    const { commits, groups, ends } = controlled();
    for (const item of [4, 6, 1, 99, 2]) void commits.add(item);
    for (let round = 0; round < 4; round += 1) {
      await nextRound();
      ends.at(-1)?.resolve('');
      await nextRound();
    }
    expect(groups).toEqual([[4, 6], [1], [99], [2]]);
  });

  it('tells a failure to the whole group and goes on with the next', async () => {
    const { commits, ends } = controlled();
    const first = commits.add(1);
    await nextRound();
    const second = commits.add(2);
    ends[0]?.reject(new Error('away'));
    await expect(first).rejects.toThrow('away');
    await nextRound();
    await nextRound();
    ends[1]?.resolve('done');
    expect(await second).toBe('done');
  });
});

describe('an order among those that wait', () => {
  it('holds across groups, not only within one', async () => {
    const groups: number[][] = [];
    const commits = new GroupCommit<number, void>({
      commit: async (items) => {
        groups.push([...items]);
      },
      weigh: () => 1,
      maxWeight: 2,
      compare: (a, b) => a - b,
    });
    await Promise.all([4, 3, 2, 1].map((item) => commits.add(item)));
    expect(groups).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });
});
