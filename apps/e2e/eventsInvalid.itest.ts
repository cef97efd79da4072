import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job, Queue } from 'bullmq';
import type { EventType } from '#libs/domain/eventType.ts';
import { makeEvent } from '#libs/testing/fixtures.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { metric, readMetrics } from './metrics.ts';
import { numbered, numbersOf, range } from './numbered.ts';
import { type ActivatedWebhook, type Platform, startPlatform } from './platform.ts';

let platform: Platform;
let queue: Queue;
beforeAll(async () => {
  platform = await startPlatform();
  queue = platform.queues.events('open');
});
afterAll(() => platform.stop());

const { type: _, ...withoutType } = makeEvent();
const { clientId: __, ...withoutClientId } = makeEvent();
const { created: ___, ...withoutCreated } = makeEvent();

/** What is no event, and what the failed set says of it. */
const INVALID: [string, unknown, RegExp][] = [
  ['no type', withoutType, /"type" must be a known event type, got nothing/],
  ['an unknown type', { ...makeEvent(), type: 'opened' }, /"type" must be a known event type, got "opened"/],
  [
    'the type of another queue',
    makeEvent({ type: 'click' }),
    /"type" must be "open" in this queue, got "click"/,
  ],
  ['no clientId', withoutClientId, /"clientId" must be a positive integer, got nothing/],
  ['clientId 0', makeEvent({ clientId: 0 }), /"clientId" must be a positive integer, got 0/],
  ['a negative clientId', makeEvent({ clientId: -5 }), /"clientId" must be a positive integer, got -5/],
  ['a fractional clientId', makeEvent({ clientId: 1.5 }), /"clientId" must be a positive integer, got 1.5/],
  [
    'a clientId as text',
    { ...makeEvent(), clientId: '42' },
    /"clientId" must be a positive integer, got "42"/,
  ],
  ['no created', withoutCreated, /"created" must be epoch milliseconds \(a positive integer\), got nothing/],
  ['created as a date', { ...makeEvent(), created: '2026-01-01' }, /"created" must be epoch milliseconds/],
  ['null', null, /an event must be a JSON object, got null/],
  ['a text', 'open', /an event must be a JSON object, got "open"/],
  ['a number', 42, /an event must be a JSON object, got 42/],
  ['an array', [makeEvent()], /an event must be a JSON object, got an array/],
];

async function subscribe(type: EventType = 'open') {
  const customer = await platform.customer();
  return { customer, webhook: await platform.activated({ customer, type }) };
}

async function failed(job: Job): Promise<Job> {
  await waitUntil(() => job.isFailed(), { what: `job ${job.id} in the failed set` });
  const found = await queue.getJob(job.id ?? '');
  if (!found) throw new Error('The failed job is gone.');
  return found;
}

/** The events of `webhook` that arrived in the end, as their numbers. */
async function delivered(
  { id, type }: ActivatedWebhook,
  customer: { acceptedEvents(): Record<string, unknown>[] },
) {
  await platform.queues.idle(type, id);
  return numbersOf(customer.acceptedEvents());
}

describe('Events in (contract §2): an invalid event', () => {
  it.each(INVALID)(
    'lands in the failed set with a reason that a person can read: %s',
    async (_name, bad, reason) => {
      const { customer, webhook } = await subscribe();
      const events = [...numbered(1, webhook.match), bad, ...numbered(1, { ...webhook.match, first: 2 })];
      const job = await failed(await queue.add('open', { events }));
      expect(job.failedReason).toMatch(/^1 of 3 events are invalid .*events\[0\]: /);
      expect(job.failedReason).toMatch(reason);
      expect(job.data).toEqual({ events: [bad] });
      expect(await delivered(webhook, customer)).toEqual([1, 2]);
    },
  );

  it('never blocks or drops the valid ones beside it', async () => {
    const { customer, webhook } = await subscribe();
    const bad = INVALID.map(([, each]) => each);
    const good = numbered(1_000 - bad.length, webhook.match);
    const events: unknown[] = [...good];
    for (const [index, each] of bad.entries()) events.splice(index * 70, 0, each);
    const before = await readMetrics(platform.workerPort);
    const job = await failed(await queue.add('open', { events }));

    expect(job.data).toEqual({ events: bad });
    expect(job.failedReason).toMatch(
      new RegExp(`^${bad.length} of 1000 events are invalid .* and 11 more\\.$`),
    );
    expect(await delivered(webhook, customer)).toEqual(range(1, good.length));
    const after = await readMetrics(platform.workerPort);
    const counted = (name: string) =>
      metric(after, name, { type: 'open' }) - metric(before, name, { type: 'open' });
    expect(counted('postrider_events_rejected_total')).toBe(bad.length);
    expect(counted('postrider_events_received_total')).toBe(good.length);
  });

  it('is found in the failed set also when its producer wants failed jobs removed or tried again', async () => {
    const options = { removeOnFail: true, attempts: 3, backoff: 1 };
    const job = await failed(await queue.add('open', withoutCreated, options));
    expect(job.failedReason).toMatch(/^The event is invalid: "created" must be/);
    expect(job.data).toEqual(withoutCreated);
  });

  it.each<[string, unknown, RegExp]>([
    ['null', null, /but it is neither/],
    ['a text', 'open', /but it is neither/],
    ['an array of events', numbered(2), /but it is neither/],
    ['{ events } that is no array', { events: makeEvent() }, /but "events" is not an array/],
    ['{ events } without any', { events: [] }, /but "events" has 0 elements/],
    ['{ events } with more than 1,000', { events: numbered(1_001) }, /but "events" has 1001 elements/],
  ])('so does a job whose data is %s', async (_name, data, reason) => {
    const job = await failed(await queue.add('open', data));
    expect(job.failedReason).toMatch(/^The job's data must be an event or .* with 1 to 1000 events, /);
    expect(job.failedReason).toMatch(reason);
    expect(job.data).toEqual(data);
  });

  it('and a job whose data is no JSON at all', async () => {
    const { customer, webhook } = await subscribe();
    const broken = await queue.add('open', {}, { delay: 60_000 });
    await platform.redis.hset(queue.toKey(broken.id ?? ''), 'data', '{"type":"open", oops');
    await broken.promote();
    await queue.add('open', { events: numbered(2, webhook.match) });
    expect(numbersOf(await customer.waitForAccepted(2))).toEqual([1, 2]);
    const failedIds = () => platform.redis.zrange(queue.toKey('failed'), '0', '-1');
    await waitUntil(async () => (await failedIds()).includes(broken.id ?? ''), {
      what: 'the broken job has failed',
    });
    const reason = await platform.redis.hget(queue.toKey(broken.id ?? ''), 'failedReason');
    expect(reason).toMatch(/^The job's data must be an event/);
  });

  it('once its data is mended and the job is tried again, it is delivered and the job is gone', async () => {
    const { customer, webhook } = await subscribe();
    const [first, second] = numbered(2, webhook.match);
    const job = await failed(await queue.add('open', { events: [first, { ...second, created: 'today' }] }));
    expect(await delivered(webhook, customer)).toEqual([1]);

    await job.updateData({ events: [second] });
    await job.retry('failed');
    expect(numbersOf(await customer.waitForAccepted(2))).toEqual([1, 2]);
    await waitUntil(async () => !(await queue.getJob(job.id ?? '')), { what: 'the mended job is gone' });
  });

  it('tried again as it is, it fails again and nothing is delivered twice', async () => {
    const { customer, webhook } = await subscribe();
    const bad = { ...makeEvent(webhook.match), created: null };
    const job = await failed(await queue.add('open', { events: [...numbered(3, webhook.match), bad] }));
    await job.retry('failed');
    const again = await failed(job);
    expect(again.data).toEqual({ events: [bad] });
    expect(await delivered(webhook, customer)).toEqual([1, 2, 3]);
  });
});
