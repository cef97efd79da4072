import { describe, expect, it } from '@jest/globals';
import { JobHold } from './jobHold.ts';

const LOCK_MS = 1_000;
const FETCHED_AT = 50_000;

function hold(answers: readonly number[]) {
  const left = [...answers];
  const time = { now: FETCHED_AT };
  const asked: unknown[] = [];
  const job = {
    processedOn: FETCHED_AT,
    async extendLock(token: string, lockMs: number) {
      asked.push([token, lockMs]);
      return left.shift() ?? 0;
    },
  };
  return { time, asked, hold: new JobHold({ job, token: 'mine', lockMs: LOCK_MS, clock: () => time.now }) };
}

describe('a job', () => {
  it('is held while its lock is young, without asking', async () => {
    const { time, asked, hold: young } = hold([]);
    time.now += LOCK_MS / 2 - 1;
    expect(await young.isHeld()).toBe(true);
    expect(asked).toEqual([]);
  });

  it('is held if its lock can be extended, and need not be asked for again soon', async () => {
    const { time, asked, hold: old } = hold([1]);
    time.now += LOCK_MS / 2;
    expect(await old.isHeld()).toBe(true);
    time.now += LOCK_MS / 2 - 1;
    expect(await old.isHeld()).toBe(true);
    expect(asked).toEqual([['mine', LOCK_MS]]);
  });

  it("is another worker's if its lock is gone", async () => {
    const { time, hold: lost } = hold([0]);
    time.now += 10 * LOCK_MS;
    expect(await lost.isHeld()).toBe(false);
  });
});
