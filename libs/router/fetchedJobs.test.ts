import { setImmediate as nextRound } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { byPlace, FetchedJobs, jobNumber } from './fetchedJobs.ts';

describe('fetched jobs', () => {
  it('are on their way until they start', () => {
    const jobs = new FetchedJobs(() => 0);
    expect(jobs.anyOnTheWay()).toBe(false);
    jobs.fetched('a');
    jobs.fetched('b');
    jobs.started('a');
    expect(jobs.anyOnTheWay()).toBe(true);
    jobs.started('b');
    expect(jobs.anyOnTheWay()).toBe(false);
  });

  it('are waited for no longer than a second, whatever the clock does', () => {
    let now = 1_000;
    const jobs = new FetchedJobs(() => now);
    jobs.fetched('a');
    now += 999;
    expect(jobs.anyOnTheWay()).toBe(true);
    now += 1;
    expect(jobs.anyOnTheWay()).toBe(false);
    jobs.fetched('b');
    now -= 60_000;
    expect(jobs.anyOnTheWay()).toBe(false);
  });

  it('know the round in which they were fetched, in whatever order they start', async () => {
    const jobs = new FetchedJobs(() => 0);
    for (const job of ['a', 'b']) jobs.fetched(job);
    await nextRound();
    jobs.fetched('c');
    const [c, b, a] = ['c', 'b', 'a'].map((job) => jobs.started(job));
    expect(b).toBe(a);
    expect(c).toBeGreaterThan(Number(a));
    await nextRound();
    expect(jobs.started('unheard of')).toBeGreaterThan(Number(c));
  });
});

describe('the order of jobs', () => {
  it.each([
    ['7', 7],
    ['my-own', Number.POSITIVE_INFINITY],
    ['12345678901234567890', Number.POSITIVE_INFINITY],
    [undefined, Number.POSITIVE_INFINITY],
  ])('takes the number of job %s as %s', (id, number) => {
    expect(jobNumber(id)).toBe(number);
  });

  it('goes by round, then by priority, then by number, and keeps the others in their order', () => {
    const jobs = [
      { id: '1', round: 2, priority: 0 },
      { id: 'x', round: 1, priority: 0 },
      { id: '10', round: 1, priority: 0 },
      { id: '9', round: 1, priority: 0 },
      { id: 'y', round: 1, priority: 0 },
      { id: '2', round: 1, priority: 1 },
    ].map(({ id, round, priority }) => ({ id, place: { round, priority, number: jobNumber(id) } }));
    expect(jobs.toSorted(byPlace).map(({ id }) => id)).toEqual(['9', '10', 'x', 'y', '2', '1']);
  });
});
