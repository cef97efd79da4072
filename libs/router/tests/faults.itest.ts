import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { createPublisher } from '#libs/publisher/publisher.ts';
import { makeEvent, makeEvents } from '#libs/testing/fixtures.ts';
import { type OwnRedis, startOwnRedis } from '#libs/testing/ownRedis.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { RouterFixture } from './routerFixture.ts';

const WEBHOOK = 1;
const CLIENT_ID = makeEvent().clientId;

let server: OwnRedis;
let fixture: RouterFixture;
let runs = 0;

beforeAll(async () => {
  server = await startOwnRedis();
});
afterAll(() => server.close());

beforeEach(() => {
  runs += 1;
  fixture = makeFixture();
});
afterEach(() => fixture.close());

function makeFixture(options: { lockMs?: number } = {}): RouterFixture {
  const made = new RouterFixture({ redisUrl: server.url, prefix: `run-${runs}`, ...options });
  made.source.activate(WEBHOOK, CLIENT_ID);
  return made;
}

jest.setTimeout(60_000);

// The jobs that a killed Redis was just handing out are taken over after their lock and two checks: 16 s at most.
const done = () => waitUntil(() => fixture.isDone(), { what: 'all jobs are done', timeoutMs: 25_000 });

async function expectNothingFailed(): Promise<void> {
  expect(await fixture.queue().getFailedCount()).toBe(0);
}

describe('a worker that dies', () => {
  it('its jobs are run again, as often as it takes, and wake the deliveries whatever they find', async () => {
    // So short that the test need not wait for the locks of the dead.
    await fixture.close();
    fixture = makeFixture({ lockMs: 500 });
    await fixture.queue().add('open', makeEvent());
    for (let death = 0; death < 3; death += 1) await takeJobAndDie();
    fixture.router.start();
    await done();
    expect(fixture.sink.events(WEBHOOK)).toHaveLength(1);
    expect(fixture.sink.appends.map(({ wakeAlways }) => wakeAlways)).toEqual([true]);
    await expectNothingFailed();
  });

  it('otherwise only those are woken that may be asleep', async () => {
    fixture.router.start();
    await fixture.queue().add('open', makeEvent());
    await done();
    expect(fixture.sink.appends.map(({ wakeAlways }) => wakeAlways)).toEqual([false]);
  });

  /** Takes the job as a worker would, and is never heard of again. */
  async function takeJobAndDie(): Promise<void> {
    const { redis, prefix } = fixture;
    const options = { connection: redis, prefix, autorun: false, lockDuration: 50, stalledInterval: 50 };
    const worker = new Worker('events-open', null, { ...options, maxStalledCount: 100 });
    await worker.startStalledCheckTimer();
    await waitUntil(() => worker.getNextJob('dying', { block: false }), { what: 'it has the job' });
    await worker.close(true);
  }
});

describe('while the backlogs can not be written', () => {
  beforeEach(() => {
    fixture.router.start();
    fixture.sink.failure = new Error('OOM command not allowed');
  });

  it('jobs wait in their order, and none fails', async () => {
    const events = makeEvents(300);
    const jobs = events.map((data) => ({ name: 'open', data, opts: { removeOnFail: true } }));
    await fixture.queue().addBulk(jobs);
    await waitUntil(() => fixture.warnings.length >= 2, { what: 'it was tried twice' });
    fixture.sink.failure = null;
    await done();
    expect(fixture.sink.fields(WEBHOOK, 'id')).toEqual(events.map(({ id }) => id));
    expect(fixture.sink.appends[0]?.wakeAlways).toBe(true);
    await expectNothingFailed();
  });

  it('the router can be closed; the next one goes on', async () => {
    await fixture.queue().add('open', { events: [makeEvent(), { invalid: true }] }, { attempts: 1 });
    await waitUntil(() => fixture.warnings.length > 0, { what: 'it was tried' });
    await fixture.router.close();
    expect(await fixture.queue().getDelayedCount()).toBe(1);
    await fixture.close();
    fixture = makeFixture();
    fixture.router.start();
    await waitUntil(() => fixture.rejected.get('open') === 1, { what: 'the invalid event is rejected' });
    expect(fixture.sink.events(WEBHOOK)).toHaveLength(1);
  });
});

describe('while webhooks can not be looked up', () => {
  it('events of known clients flow; those of others wait, also in one job, and an invalid one does not mind', async () => {
    fixture.router.start();
    fixture.source.activate(2, 2);
    await fixture.queue().add('open', makeEvent());
    await done();
    fixture.source.away = true;
    const unknown = makeEvent({ clientId: 2 });
    await fixture.queue().add('open', { events: [makeEvent(), unknown, { invalid: true }, makeEvent()] });
    await fixture.queue().add('open', makeEvent());
    await waitUntil(() => fixture.sink.events(WEBHOOK).length === 4, { what: 'events of the known client' });
    await waitUntil(async () => (await fixture.queue().getDelayed())[0]?.data.events.length === 2, {
      what: 'the job is reduced to what is left',
    });
    fixture.source.away = false;
    await done();
    expect(fixture.sink.fields(2, 'id')).toEqual([unknown.id]);
    expect(fixture.sink.events(WEBHOOK)).toHaveLength(4);
    const [failed] = await fixture.queue().getFailed();
    expect(failed?.data).toEqual({ events: [{ invalid: true }] });
    const said = new Set(fixture.warnings.map(({ message }) => message));
    expect([...said]).toEqual(['A job was put off', 'Events rejected']);
    expect([fixture.received.get('open'), fixture.rejected.get('open')]).toEqual([5, 1]);
  });

  it('and none is known: jobs wait in their order, and none fails', async () => {
    fixture.source.away = true;
    const events = makeEvents(50);
    await fixture.queue().addBulk(events.map((data) => ({ name: 'open', data })));
    fixture.router.start();
    await waitUntil(() => fixture.warnings.length >= 2, { what: 'it was tried twice' });
    fixture.source.away = false;
    await done();
    expect(fixture.sink.fields(WEBHOOK, 'id')).toEqual(events.map(({ id }) => id));
    await expectNothingFailed();
  });
});

describe('Redis', () => {
  it('is killed again and again: every event that was acknowledged is routed, none fails', async () => {
    fixture.router.start();
    const publisher = createPublisher({ redisUrl: server.url, prefix: fixture.prefix });
    const acknowledged = new Set<unknown>();
    let publishing = true;
    const produce = async () => {
      while (publishing) {
        const events = makeEvents(5);
        await publisher.publish(events).then(
          () => {
            for (const { id } of events) acknowledged.add(id);
          },
          () => new Promise((resolve) => setTimeout(resolve, 20)),
        );
      }
    };
    const producers = [produce(), produce()];
    for (let round = 0; round < 3; round += 1) {
      const target = fixture.sink.appends.length + 20;
      await waitUntil(() => fixture.sink.appends.length >= target, { what: 'events flow' });
      await server.kill();
      await server.restart();
    }
    publishing = false;
    await Promise.all(producers);
    await publisher.close();
    await done();
    const routed = new Set(fixture.sink.fields(WEBHOOK, 'id'));
    expect([...acknowledged].filter((id) => !routed.has(id))).toEqual([]);
    expect(acknowledged.size).toBeGreaterThan(100);
    await expectNothingFailed();
  });

  it('is full: the router waits without hammering it, and goes on when there is room', async () => {
    const admin = new Redis(server.url);
    await fixture.queue().addBulk(makeEvents(20).map((data) => ({ name: 'open', data })));
    await admin.config('SET', 'maxmemory', '1');
    fixture.router.start();
    const isFull = () => fixture.warnings.some(({ fields }) => String(fields.error).includes('OOM'));
    await waitUntil(isFull, { what: 'the router has met the full Redis' });
    const commands = async () =>
      Number(/total_commands_processed:(\d+)/.exec(await admin.info('stats'))?.[1]);
    const before = await commands();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await commands()) - before).toBeLessThan(200);
    await admin.config('SET', 'maxmemory', '0');
    await done();
    expect(fixture.sink.events(WEBHOOK)).toHaveLength(20);
    await expectNothingFailed();
    await admin.quit();
  });

  it('is away: progress stands still, and comes back with it', async () => {
    fixture.router.start();
    await fixture.queue().add('open', makeEvent());
    await done();
    await server.kill();
    const before = performance.now();
    await server.restart();
    await waitUntil(() => fixture.router.silentMs() < performance.now() - before, {
      what: 'every queue is heard of again',
      timeoutMs: 25_000,
    });
  });
});
