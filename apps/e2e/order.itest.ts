import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { numbered, numbersOf, range } from './numbered.ts';
import { type Platform, startPlatform } from './platform.ts';

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform?.stop());

describe('events go out oldest first while the target is healthy', () => {
  it.each([
    ['one event a job, added one after another', 1],
    ['40 events a job, added one after another', 40],
  ])('%s', async (_how, size) => {
    const customer = await platform.customer();
    const { match } = await platform.activated({ customer });
    const count = 400 * (size === 1 ? 1 : 5);
    const events = numbered(count, match);
    for (let from = 0; from < count; from += size) {
      await platform.queues.events('open').add('open', { events: events.slice(from, from + size) });
    }
    await customer.waitForAccepted(count);
    expect(numbersOf(customer.acceptedEvents())).toEqual(range(1, count));
  });

  it('jobs added at once', async () => {
    const customer = await platform.customer();
    const { match } = await platform.activated({ customer });
    const jobs = numbered(1_000, match).map((data) => ({ name: 'open', data }));
    await platform.queues.events('open').addBulk(jobs);
    await customer.waitForAccepted(1_000);
    expect(numbersOf(customer.acceptedEvents())).toEqual(range(1, 1_000));
  });
});
