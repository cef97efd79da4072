import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EVENT_TYPES } from '#libs/domain/eventType.ts';
import { EVENT_TYPES as PUBLISHED_TYPES } from '#libs/publisher/queueNames.ts';
import { makeEvent, makeEvents } from '#libs/testing/fixtures.ts';
import { testServers } from '#libs/testing/servers.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { RouterFixture } from './routerFixture.ts';

const { redisUrl, makeQueuePrefix } = testServers();
const WEBHOOK = 1;
const CLIENT_ID = makeEvent().clientId;
const DONE = { what: 'all jobs are done' };

let fixture: RouterFixture;

beforeEach(() => {
  fixture = new RouterFixture({ redisUrl, prefix: makeQueuePrefix() });
  fixture.source.activate(WEBHOOK, CLIENT_ID);
  fixture.router.start();
});
afterEach(() => fixture.close());

const done = () => waitUntil(() => fixture.isDone(), DONE);

async function failedJobs() {
  return fixture.queue().getJobs(['failed']);
}

async function onlyFailedJob() {
  await waitUntil(async () => (await failedJobs()).length > 0, { what: 'a job has failed' });
  await done();
  const jobs = await failedJobs();
  expect(jobs).toHaveLength(1);
  const [job] = jobs;
  if (!job) throw new Error('no job');
  return job;
}

describe('one queue per type', () => {
  it.each(EVENT_TYPES)('events-%s takes events of its type', async (type) => {
    fixture.source.activate(2, CLIENT_ID, type);
    await fixture.queue(type).add(type, makeEvent({ type }));
    await waitUntil(() => fixture.sink.events(2).length === 1, { what: 'the event is routed' });
    expect(fixture.received.get(type)).toBe(1);
  });

  it('the publisher knows the same types', () => {
    expect(PUBLISHED_TYPES).toEqual(EVENT_TYPES);
  });
});

describe('job data', () => {
  it('one event: everything in it is passed through unchanged and in its order, but for "attempt"', async () => {
    const text = `{"zeta":[1,{"b":null,"a":"ä🙂"}],"type":"open","created":1564590054000,"attempt":9,"clientId":${CLIENT_ID},"":""}`;
    await fixture.queue().add('open', JSON.parse(text));
    await done();
    expect(fixture.sink.events(WEBHOOK)).toEqual([
      {
        type: 'open',
        clientId: CLIENT_ID,
        created: 1564590054000,
        text: text.replace('"attempt":9,', '').slice(0, -1),
      },
    ]);
  });

  it.each([1, 1_000])('{ events } with %d events, in their order', async (count) => {
    const events = makeEvents(count);
    await fixture.queue().add('open', { events });
    await done();
    expect(fixture.sink.fields(WEBHOOK, 'id')).toEqual(events.map(({ id }) => id));
    expect(Math.max(...fixture.sink.appends.flatMap((a) => a.chunks.map((c) => c.events.length)))).toBe(
      Math.min(count, 100),
    );
  });

  it('the job is gone once its events are in the backlogs, and not before', async () => {
    const open = Promise.withResolvers<void>();
    fixture.sink.gate = open.promise;
    await fixture.queue().add('open', makeEvent());
    await waitUntil(async () => (await fixture.queue().getActiveCount()) === 1, { what: 'it is begun' });
    open.resolve();
    await done();
    expect(fixture.sink.events(WEBHOOK)).toHaveLength(1);
    expect(await fixture.redis.keys(`${fixture.prefix}:events-open:[0-9]*`)).toEqual([]);
  });

  it('an event goes to every activated webhook of its client and type, and to no other', async () => {
    fixture.source.activate(2, CLIENT_ID);
    fixture.source.activate(3, CLIENT_ID, 'click');
    fixture.source.activate(4, CLIENT_ID + 1);
    await fixture.queue().add('open', { events: [makeEvent(), makeEvent({ clientId: 5 })] });
    await done();
    expect([1, 2, 3, 4].map((id) => fixture.sink.events(id).length)).toEqual([1, 1, 0, 0]);
    expect(fixture.received.get('open')).toBe(2);
  });

  it.each([
    ['options that keep completed jobs', { removeOnComplete: false }],
    ['attempts and a backoff', { attempts: 5, backoff: 1_000 }],
    ['a priority', { priority: 3 }],
    ['a delay', { delay: 50 }],
    ['last in, first out', { lifo: true }],
    ['an id', { jobId: 'engine-7' }],
  ])('with %s of the producer', async (_name, options) => {
    await fixture.queue().add('open', makeEvent(), options);
    await done();
    expect(fixture.sink.events(WEBHOOK)).toHaveLength(1);
  });
});

describe('an invalid event', () => {
  const VALID = makeEvent();
  const NO_CLIENT = { type: 'open', created: 1, recipient: 'jane@example.com' };
  const OTHER_TYPE = makeEvent({ type: 'click' });

  it('neither blocks nor drops the valid ones beside it, and lands in the failed set with a reason', async () => {
    await fixture.queue().add('open', { events: [makeEvent(), NO_CLIENT, makeEvent(), OTHER_TYPE] });
    const job = await onlyFailedJob();
    expect(fixture.sink.events(WEBHOOK)).toHaveLength(2);
    expect(job.data).toEqual({ events: [NO_CLIENT, OTHER_TYPE] });
    expect(job.failedReason).toBe(
      '2 of 4 events are invalid (the valid ones went on and are no longer in this job): ' +
        'events[0]: "clientId" must be a positive integer, got nothing; ' +
        'events[1]: "type" must be "open" in this queue, got "click".',
    );
    expect(job.stacktrace).toEqual([]);
    expect(fixture.received.get('open')).toBe(2);
    expect(fixture.rejected.get('open')).toBe(2);
  });

  it('is logged by count and reason, without what is in it', async () => {
    await fixture.queue().add('open', { events: [VALID, NO_CLIENT] });
    await onlyFailedJob();
    expect(fixture.warnings).toEqual([
      {
        message: 'Events rejected',
        fields: {
          queue: 'events-open',
          events: 1,
          reason: expect.stringContaining('"clientId" must be a positive integer'),
          omitted: 0,
        },
      },
    ]);
    expect(JSON.stringify(fixture.warnings)).not.toContain('jane');
  });

  it.each([
    ['attempts', { attempts: 5, backoff: { type: 'fixed', delay: 10 } }],
    ['removeOnFail', { removeOnFail: true }],
    ['removeOnFail by count', { removeOnFail: 0 }],
  ])('is kept, and rejected once, whatever the producer says about failures: %s', async (_name, options) => {
    await fixture.queue().add('open', { events: [VALID, NO_CLIENT] }, options);
    const job = await onlyFailedJob();
    expect(job.data).toEqual({ events: [NO_CLIENT] });
    expect(fixture.sink.events(WEBHOOK)).toHaveLength(1);
    expect(fixture.rejected.get('open')).toBe(1);
  });

  it.each([
    ['alone', NO_CLIENT, 'The event is invalid: "clientId" must be a positive integer, got nothing.'],
    [
      'a text',
      'open',
      'The job\'s data must be an event or { "events": [...] } with 1 to 1000 events, but it is neither.',
    ],
    ['no events', { events: [] }, expect.stringContaining('"events" has 0 elements')],
    ['too many events', { events: makeEvents(1_001) }, expect.stringContaining('"events" has 1001 elements')],
  ])('%s: the job fails as it is', async (_name, data, reason) => {
    await fixture.queue().add('open', data);
    const job = await onlyFailedJob();
    expect(job.failedReason).toEqual(reason);
    expect(job.data).toEqual(data);
    expect(fixture.sink.appends).toEqual([]);
  });

  it('data that is not even JSON fails too, and what comes after it goes on', async () => {
    await fixture.close();
    fixture = new RouterFixture({ redisUrl, prefix: fixture.prefix });
    fixture.source.activate(WEBHOOK, CLIENT_ID);
    const { id = '' } = await fixture.queue().add('open', VALID);
    await fixture.redis.hset(`${fixture.prefix}:events-open:${id}`, 'data', '{"type":');
    await fixture.queue().add('open', VALID);
    fixture.router.start();
    await waitUntil(() => fixture.rejected.get('open') === 1, { what: 'it is rejected' });
    // Its text is kept as a JSON string, so that the failed set can be listed.
    const job = await onlyFailedJob();
    expect(job.failedReason).toContain('but it is neither');
    expect(job.data).toBe('{"type":');
    expect(fixture.sink.events(WEBHOOK)).toHaveLength(1);
  });

  it('is checked again when it is retried by hand, and goes on once it was put right', async () => {
    await fixture.queue().add('open', { events: [VALID, NO_CLIENT] });
    let job = await onlyFailedJob();
    await job.retry();
    await waitUntil(() => fixture.rejected.get('open') === 2, { what: 'it is rejected again' });
    job = await onlyFailedJob();
    expect(job.failedReason).toMatch(/^The event is invalid: /);
    await job.updateData({ events: [{ ...NO_CLIENT, clientId: CLIENT_ID }] });
    await job.retry();
    await waitUntil(() => fixture.sink.events(WEBHOOK).length === 2, { what: 'the event is routed' });
    await done();
    expect(await failedJobs()).toEqual([]);
  });
});

describe('many jobs at once', () => {
  it('share writes and reads, and keep their order', async () => {
    const events = makeEvents(3_000);
    await fixture.close();
    fixture = new RouterFixture({ redisUrl, prefix: fixture.prefix });
    fixture.source.activate(WEBHOOK, CLIENT_ID);
    await fixture.queue().addBulk(events.map((data) => ({ name: 'open', data })));
    const before = await feedReads();
    fixture.router.start();
    await done();
    expect(fixture.sink.fields(WEBHOOK, 'id')).toEqual(events.map(({ id }) => id));
    expect(fixture.sink.appends.length).toBeLessThan(events.length / 10);
    expect((await feedReads()) - before).toBeLessThan(events.length / 5);
  });

  /** Of all on this Redis; the tests beside this one read far less. */
  async function feedReads(): Promise<number> {
    const stats = await fixture.redis.info('commandstats');
    const calls = (name: string) => Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
    return calls('xrange') + calls('xrevrange');
  }

  it('100,000 events in packed jobs and 5,000 in jobs of their own', async () => {
    const events = makeEvents(1_000);
    const queue = fixture.queue();
    const began = performance.now();
    for (let job = 0; job < 100; job += 1) await queue.add('open', { events });
    await waitUntil(() => fixture.received.get('open') === 100_000, { what: 'all are routed' });
    const packedMs = performance.now() - began;
    await queue.addBulk(makeEvents(5_000).map((data) => ({ name: 'open', data })));
    const single = performance.now();
    await waitUntil(() => fixture.received.get('open') === 105_000, { what: 'all are routed' });
    const perSecond = (count: number, ms: number) => Math.round((count / ms) * 1_000).toLocaleString('en');
    process.stderr.write(
      `Routed per second: ${perSecond(100_000, packedMs)} packed (with adding), ` +
        `${perSecond(5_000, performance.now() - single)} as jobs of one event\n`,
    );
    await done();
    expect(fixture.sink.events(WEBHOOK)).toHaveLength(105_000);
  });
});
