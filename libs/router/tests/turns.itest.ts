import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { JobsOptions } from 'bullmq';
import { EVENT_TYPES, type EventType } from '#libs/domain/eventType.ts';
import { makeEvent, makeEvents } from '#libs/testing/fixtures.ts';
import { testServers } from '#libs/testing/servers.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { RouterFixture } from './routerFixture.ts';

const { redisUrl, makeQueuePrefix } = testServers();
const BUSY = 1;
const OTHER = 2;
const OTHER_CLIENT = 7;
const EVENTS_PER_JOB = 500;
const JOBS = 100;
/** Those that may be in the worker's memory at once. */
const MAX_EVENTS_BEFORE = 20 * EVENTS_PER_JOB;

let fixture: RouterFixture;
beforeEach(() => {
  fixture = new RouterFixture({ redisUrl, prefix: makeQueuePrefix() });
  for (const type of EVENT_TYPES) fixture.source.activate(OTHER, OTHER_CLIENT, type);
  fixture.source.activate(BUSY, makeEvent().clientId);
});
afterEach(() => fixture.close());

const addBurst = (jobs: number, options: JobsOptions = {}) =>
  fixture.queue().addBulk(
    Array.from({ length: jobs }, () => ({
      name: 'open',
      data: { events: makeEvents(EVENTS_PER_JOB) },
      opts: options,
    })),
  );

const addOther = (options: JobsOptions = {}, type: EventType = 'open') =>
  fixture.queue(type).add(type, makeEvent({ clientId: OTHER_CLIENT, type }), options);

/** How many events of the burst were written before the other client's event. */
async function writtenBefore(): Promise<number> {
  fixture.router.start();
  await waitUntil(() => fixture.isDone(), { what: 'all jobs are done', timeoutMs: 20_000 });
  const writes = fixture.sink.appends.flatMap(({ chunks }) => chunks);
  const at = writes.findIndex(({ webhookId }) => webhookId === OTHER);
  expect(at).not.toBe(-1);
  return writes.slice(0, at).reduce((events, chunk) => events + chunk.events.length, 0);
}

it('a job does not wait for those of a lower priority', async () => {
  await addBurst(JOBS, { priority: 1 });
  await addOther();
  expect(await writtenBefore()).toBeLessThan(MAX_EVENTS_BEFORE);
});

it("a job with an id of the producer's own does not wait for those that come after it", async () => {
  await addOther({ jobId: 'my-own' });
  await addBurst(JOBS);
  expect(await writtenBefore()).toBeLessThan(MAX_EVENTS_BEFORE);
});

it('a job does not wait for another type that is busy, however few or many jobs its queue has seen', async () => {
  // BullMQ numbers the jobs of each queue.
  await fixture.redis.set(`${fixture.prefix}:events-click:id`, 1_000_000);
  await addBurst(JOBS);
  await addOther({}, 'click');
  expect(await writtenBefore()).toBeLessThan(MAX_EVENTS_BEFORE);
});
