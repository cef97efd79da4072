import { describe, expect, it } from '@jest/globals';
import { byJobNumber, FetchedJobs, jobNumber } from './fetchedJobs.ts';

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

  it('goes by their numbers, and keeps the others in their order', () => {
    const jobs = ['x', '10', '9', 'y', '2'].map((id) => ({ id, jobNumber: jobNumber(id) }));
    expect(jobs.toSorted(byJobNumber).map(({ id }) => id)).toEqual(['2', '9', '10', 'x', 'y']);
  });
});
