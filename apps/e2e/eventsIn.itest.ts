import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Queue } from 'bullmq';
import { EVENT_TYPES } from '#libs/domain/eventType.ts';
import { makeEvent } from '#libs/testing/fixtures.ts';
import { testServers } from '#libs/testing/servers.ts';
import { numbered, numbersOf, range } from './numbered.ts';
import { type Platform, startPlatform } from './platform.ts';
import { newClientId } from './settings.ts';

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

describe('Events in (contract §2): queues and jobs', () => {
  it('there is one BullMQ queue per type, named events-<type>', async () => {
    const customer = await platform.customer();
    const clientId = newClientId();
    for (const type of EVENT_TYPES) {
      await platform.activated({ customer, type, clientId });
      const queue = new Queue(`events-${type}`, {
        connection: platform.redis,
        prefix: platform.config.queuePrefix,
      });
      await queue.add(type, makeEvent({ type, clientId }));
      await queue.close();
    }
    const events = await customer.waitForAccepted(EVENT_TYPES.length);
    expect(events.map(({ type }) => type).sort()).toEqual([...EVENT_TYPES].sort());
  });

  it('the queues have the prefix QUEUE_PREFIX', async () => {
    const customer = await platform.customer();
    const { match } = await platform.activated({ customer });
    const prefix = testServers().makeQueuePrefix();
    const elsewhere = new Queue('events-open', { connection: platform.redis, prefix });
    await elsewhere.add('open', makeEvent({ ...match, n: 'elsewhere' }));
    await platform.queues.events('open').add('open', makeEvent({ ...match, n: 'here' }));
    expect(numbersOf(await customer.waitForAccepted(1))).toEqual(['here']);
    expect(await elsewhere.getWaitingCount()).toBe(1);
    await elsewhere.close();
  });

  it('any BullMQ producer may add to them, whatever options it gives its jobs', async () => {
    const customer = await platform.customer();
    const { match } = await platform.activated({ customer });
    const options = [
      {},
      { jobId: 'a-job-id-of-its-own' },
      { priority: 7 },
      { delay: 50 },
      { lifo: true },
      { attempts: 5, backoff: { type: 'exponential', delay: 1_000 } },
      { removeOnComplete: false, removeOnFail: false },
      { deduplication: { id: 'an-id-of-its-own' } },
    ];
    const queue = platform.queues.events('open');
    for (const [n, each] of options.entries()) await queue.add('open', makeEvent({ ...match, n }), each);
    const events = await customer.waitForAccepted(options.length);
    expect(numbersOf(events).sort()).toEqual([...options.keys()]);
  });

  it("a job's data is one event object", async () => {
    const customer = await platform.customer();
    const { match } = await platform.activated({ customer });
    for (const event of numbered(5, match)) await platform.queues.events('open').add('open', event);
    expect(numbersOf(await customer.waitForAccepted(5)).sort()).toEqual(range(1, 5));
  });

  it.each([1, 2, 100, 101, 1_000])('or { events: […] } with 1 to 1,000 events: %i', async (count) => {
    const customer = await platform.customer();
    const { match } = await platform.activated({ customer });
    await platform.queues.events('open').add('open', { events: numbered(count, match) });
    expect(numbersOf(await customer.waitForAccepted(count))).toEqual(range(1, count));
  });

  it('a job may hold events of many clients, and each client gets its own', async () => {
    const [even, odd] = [await platform.customer(), await platform.customer()];
    const webhooks = [
      await platform.activated({ customer: even }),
      await platform.activated({ customer: odd }),
    ];
    const events = range(1, 100).map((n) => makeEvent({ ...webhooks[n % 2]?.match, n }));
    await platform.queues.events('open').add('open', { events });
    expect(numbersOf(await even.waitForAccepted(50))).toEqual(range(1, 100).filter((n) => n % 2 === 0));
    expect(numbersOf(await odd.waitForAccepted(50))).toEqual(range(1, 100).filter((n) => n % 2 === 1));
  });

  it('the publisher packs and pipelines for a Node mail engine', async () => {
    const customer = await platform.customer();
    const { match } = await platform.activated({ customer, type: 'sent' });
    await platform.publisher.publish(numbered(2_500, match));
    expect(new Set(numbersOf(await customer.waitForAccepted(2_500)))).toEqual(new Set(range(1, 2_500)));
    // BullMQ numbers a queue's jobs.
    expect(await platform.redis.get(`${platform.config.queuePrefix}:events-sent:id`)).toBe('4');
  });

  it('a job of which every event went on is gone', async () => {
    const customer = await platform.customer();
    const { match, id } = await platform.activated({ customer, type: 'click' });
    const queue = platform.queues.events('click');
    await queue.add('click', { events: numbered(3, match) }, { removeOnComplete: false });
    await customer.waitForAccepted(3);
    await platform.queues.idle('click', id);
    expect(await queue.getJobCounts('completed', 'failed')).toEqual({ completed: 0, failed: 0 });
  });
});
