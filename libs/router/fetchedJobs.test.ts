import { describe, expect, it } from '@jest/globals';
import { FetchedJobs } from './fetchedJobs.ts';

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

  it('have the places in which they were fetched, in whatever order they start', () => {
    const jobs = new FetchedJobs(() => 0);
    for (const job of ['open:12', 'click:3', 'open:my-own', 'open:13']) jobs.fetched(job);
    const inOrder = ['open:13', 'open:my-own', 'open:12', 'click:3']
      .map((job) => ({ job, place: jobs.started(job) }))
      .toSorted((a, b) => a.place - b.place);
    expect(inOrder.map(({ job }) => job)).toEqual(['open:12', 'click:3', 'open:my-own', 'open:13']);
  });

  it('that start unheard of come last', () => {
    const jobs = new FetchedJobs(() => 0);
    jobs.fetched('a');
    expect(jobs.started('unheard of')).toBeGreaterThan(jobs.started('a'));
  });
});
