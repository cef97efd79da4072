import { describe, expect, it } from '@jest/globals';
import { Budget } from './budget.ts';

/** Takes amounts in turn and tells which are in. */
async function takeAll(budget: Budget, amounts: readonly [events: number, bytes: number][]) {
  const entered: number[] = [];
  amounts.forEach(([events, bytes], index) => {
    void budget.take({ events, bytes }).then(() => entered.push(index));
  });
  await Promise.resolve();
  return entered;
}

describe('Budget', () => {
  it.each([
    [
      'all that fits enters',
      [
        [2, 10],
        [3, 10],
      ],
      [0, 1],
    ],
    [
      'too many events wait',
      [
        [4, 1],
        [2, 1],
      ],
      [0],
    ],
    [
      'too many bytes wait',
      [
        [1, 90],
        [1, 20],
      ],
      [0],
    ],
    [
      'nobody overtakes who waits',
      [
        [4, 1],
        [2, 1],
        [1, 1],
      ],
      [0],
    ],
    [
      'more than the whole enters alone',
      [
        [50, 500],
        [1, 1],
      ],
      [0],
    ],
  ] as const)('%s', async (_name, amounts, expected) => {
    const budget = new Budget({ events: 5, bytes: 100 });
    expect(
      await takeAll(
        budget,
        amounts.map(([events, bytes]) => [events, bytes]),
      ),
    ).toEqual(expected);
  });

  it('lets those in who wait, in their order, as room is given back', async () => {
    const budget = new Budget({ events: 5, bytes: 100 });
    const entered = await takeAll(budget, [
      [5, 1],
      [3, 1],
      [2, 1],
      [1, 1],
    ]);
    budget.give({ events: 5, bytes: 1 });
    await Promise.resolve();
    expect(entered).toEqual([0, 1, 2]);
    budget.give({ events: 2, bytes: 1 });
    await Promise.resolve();
    expect(entered).toEqual([0, 1, 2, 3]);
  });
});
