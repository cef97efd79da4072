import { describe, expect, it } from '@jest/globals';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { type Slot, Slots } from './slots.ts';

/** Runs that go on when they are told to. */
function start(slots: Slots, name: string, log: string[]) {
  const { promise: answer, resolve: end } = Promise.withResolvers<void>();
  const done = slots.use(async (slot: Slot) => {
    log.push(name);
    await (name.startsWith('waits') ? slot.whileWaiting(answer) : answer);
  });
  return { end, done };
}

describe('slots', () => {
  it('are taken in the order of arrival', async () => {
    const slots = new Slots(2);
    const log: string[] = [];
    const runs = ['a', 'b', 'c', 'd'].map((name) => start(slots, name, log));
    expect(log).toEqual(['a', 'b']);
    runs[1]?.end();
    await runs[1]?.done;
    expect(log).toEqual(['a', 'b', 'c']);
    for (const { end } of runs) end();
    await Promise.all(runs.map(({ done }) => done));
    expect(log).toEqual(['a', 'b', 'c', 'd']);
  });

  it('of runs that only wait go to others meanwhile', async () => {
    const slots = new Slots(2);
    const log: string[] = [];
    const runs = ['waits 1', 'waits 2', 'a', 'b', 'c'].map((name) => start(slots, name, log));
    expect(log).toEqual(['waits 1', 'waits 2']);
    await waitUntil(() => log.length === 4, { what: 'two more at work' });
    expect(log).toEqual(['waits 1', 'waits 2', 'a', 'b']);

    // Both get their answers: four are at work, and nobody begins before only one of them is left.
    for (const run of runs.slice(0, 2)) run.end();
    await Promise.all(runs.slice(0, 2).map(({ done }) => done));
    expect(log.length).toBe(4);
    runs[2]?.end();
    await runs[2]?.done;
    expect(log).toEqual(['waits 1', 'waits 2', 'a', 'b', 'c']);
    for (const { end } of runs) end();
    await Promise.all(runs.map(({ done }) => done));
  });

  it('are free again after a failure', async () => {
    const slots = new Slots(1);
    await expect(slots.use(() => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug');
    expect(await slots.use(() => Promise.resolve(1))).toBe(1);
  });
});
