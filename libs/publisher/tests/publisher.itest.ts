import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { makeEvent, makeEvents } from '../../testing/fixtures.ts';
import { testServers } from '../../testing/servers.ts';
import { waitUntil } from '../../testing/waitUntil.ts';
import type { PublisherLimits } from '../limits.ts';
import type { MailEvent } from '../mailEvent.ts';
import { createPublisher, type Publisher } from '../publisher.ts';
import { eventQueueName, type MailEventType } from '../queueNames.ts';

const { redisUrl, makeQueuePrefix } = testServers();
let redis: Redis;
let prefix: string;
let publisher: Publisher;

beforeAll(() => {
  redis = new Redis(redisUrl, { maxRetriesPerRequest: null });
});
afterAll(() => redis.quit());

beforeEach(() => {
  prefix = makeQueuePrefix();
  publisher = createPublisher({ redisUrl, prefix });
});
afterEach(() => publisher.close());

async function replacePublisher(limits: Partial<PublisherLimits>): Promise<void> {
  await publisher.close();
  publisher = createPublisher({ redisUrl, prefix, ...limits });
}

/** The jobs of a queue in the order in which a worker would take them. */
async function jobsOf(type: MailEventType) {
  const queue = new Queue(eventQueueName(type), { connection: redis, prefix });
  const jobs = await queue.getJobs(['wait'], 0, -1, true);
  await queue.close();
  return jobs;
}

async function eventsOf(type: MailEventType): Promise<MailEvent[]> {
  return (await jobsOf(type)).flatMap((job) => (job.data as { events: MailEvent[] }).events);
}

describe('publish', () => {
  it('resolves once the event is in the queue of its type', async () => {
    const event = makeEvent({ type: 'click' });
    await publisher.publish(event);
    const [job] = await jobsOf('click');
    expect(job).toMatchObject({ name: 'click', data: { events: [event] } });
    expect(job?.opts).toMatchObject({
      attempts: 1,
      removeOnComplete: true,
      removeOnFail: { age: expect.any(Number), count: expect.any(Number) },
    });
  });

  it('packs an array into jobs of at most 1,000 events, one type a job', async () => {
    const opens = makeEvents(2_500);
    const clicks = makeEvents(3, { type: 'click' });
    await publisher.publish([...opens.slice(0, 100), ...clicks, ...opens.slice(100)]);
    expect((await jobsOf('open')).map((job) => job.data.events.length)).toEqual([1_000, 1_000, 500]);
    expect(await eventsOf('open')).toEqual(opens);
    expect(await eventsOf('click')).toEqual(clicks);
  });

  it('lets the events of others pass those of a burst, which keep their order', async () => {
    const burst = makeEvents(30_000, { clientId: 1 });
    await publisher.publish(burst);
    const others = makeEvents(2, { clientId: 2 });
    await publisher.publish(others);
    const last = makeEvents(2, { clientId: 1 });
    await publisher.publish(last);

    const taken: MailEvent[] = [];
    const worker = new Worker<{ events: MailEvent[] }>(
      eventQueueName('open'),
      async ({ data }) => void taken.push(...data.events),
      { connection: { url: redisUrl, maxRetriesPerRequest: null }, prefix },
    );
    await waitUntil(() => taken.length === 30_004, { what: 'all events' });
    await worker.close();
    expect(taken.filter(({ clientId }) => clientId === 1)).toEqual([...burst, ...last]);
    const position = taken.findIndex(({ clientId }) => clientId === 2);
    expect(taken.slice(position, position + 2)).toEqual(others);
    expect(position).toBeLessThan(15_000);
  });

  it('lets concurrent publishes share jobs, in their order', async () => {
    const events = makeEvents(3_000);
    await Promise.all(events.map((event) => publisher.publish(event)));
    const jobs = await jobsOf('open');
    expect(jobs.length).toBeLessThan(10);
    expect(await eventsOf('open')).toEqual(events);
  });

  it('bounds the bytes of a job', async () => {
    await replacePublisher({ jobBytes: 2_000 });
    await publisher.publish(makeEvents(20));
    for (const job of await jobsOf('open')) {
      expect(Buffer.byteLength(JSON.stringify(job.data))).toBeLessThan(2_100);
    }
    expect(await eventsOf('open')).toHaveLength(20);
  });

  it('holds a bounded number of events: more wait for their turn, and lose neither it nor themselves', async () => {
    await replacePublisher({ pendingEvents: 10, jobEvents: 5 });
    const events = makeEvents(100);
    await Promise.all(events.map((event) => publisher.publish(event)));
    expect(await eventsOf('open')).toEqual(events);
  });

  it.each([
    ['not an object', 5],
    ['an unknown type', makeEvent({ type: 'opened' as 'open' })],
    ['what JSON can not express', { ...makeEvent(), count: 5n }],
  ])('refuses %s, by its place in the array, and queues nothing of it', async (_name, bad) => {
    const publish = publisher.publish([makeEvent(), bad as MailEvent]);
    await expect(publish).rejects.toThrow(/^events\[1\] /);
    await publisher.publish(makeEvent());
    expect(await eventsOf('open')).toHaveLength(1);
  });

  it('keeps the streams that nobody reads small', async () => {
    for (let round = 0; round < 500; round += 1) await publisher.publish(makeEvent());
    expect(await redis.xlen(`${prefix}:events-open:events`)).toBeLessThan(400);
  });

  it('works on a connection of the caller, and leaves it open', async () => {
    const own = createPublisher({ connection: redis, prefix });
    await own.publish(makeEvent());
    await own.close();
    expect(await redis.ping()).toBe('PONG');
    expect(await eventsOf('open')).toHaveLength(1);
  });
});

describe('flush and close', () => {
  it('flush resolves when all that was published is queued', async () => {
    const events = makeEvents(500);
    for (const event of events) void publisher.publish(event);
    await publisher.flush();
    expect(await eventsOf('open')).toEqual(events);
  });

  it('close queues what was published before, and refuses what comes later', async () => {
    await replacePublisher({ pendingEvents: 10 });
    const events = makeEvents(50);
    const published = Promise.all(events.map((event) => publisher.publish(event)));
    await publisher.close();
    await published;
    expect(await eventsOf('open')).toEqual(events);
    await expect(publisher.publish(makeEvent())).rejects.toThrow('the publisher is closed');
  });

  it('leaves no connection behind', async () => {
    const name = `connections-of-${prefix}`;
    const own = createPublisher({ redisUrl: `${redisUrl}?connectionName=${name}`, prefix });
    await own.publish(makeEvent());
    expect(await redis.client('LIST')).toContain(name);
    await own.close();
    await waitUntil(async () => !String(await redis.client('LIST')).includes(name), { what: 'it is gone' });
  });
});
