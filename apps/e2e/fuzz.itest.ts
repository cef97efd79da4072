import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job } from 'bullmq';
import fc from 'fast-check';
import { EVENT_TYPES, type EventType } from '#libs/domain/eventType.ts';
import type { Customer } from '#libs/testing/customer.ts';
import { makeEvent } from '#libs/testing/fixtures.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { send } from '../api/tests/httpClient.ts';
import { type ActivatedWebhook, type Platform, startPlatform } from './platform.ts';

/**
 * Whatever is in the queues: the worker goes on, what is right is delivered, and what is wrong ends in the failed set
 * with a reason. All jobs follow from one seed, which is printed; POSTRIDER_FUZZ_SEED repeats a run.
 */
const SEED = Number(process.env.POSTRIDER_FUZZ_SEED ?? Date.now() % 2 ** 31);
/** With the requests of apps/api/tests/fuzz.itest.ts, more than 20,000 inputs. */
const JOBS = 8_000;
/** For a busy machine; an idle one takes some seconds. */
const LONG_MS = 90_000;
const TYPES: readonly EventType[] = ['open', 'click', 'bounce', 'webhooknode'];

let platform: Platform;
let customer: Customer;
const webhooks = new Map<EventType, ActivatedWebhook>();

beforeAll(async () => {
  process.stdout.write(`The fuzz's seed: POSTRIDER_FUZZ_SEED=${SEED}\n`);
  platform = await startPlatform();
  customer = await platform.customer();
  for (const type of TYPES) webhooks.set(type, await platform.activated({ customer, type }));
});

afterAll(() => platform.stop());

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('', '\u0000', '__proto__', '🔑'),
);
const number = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(0, -1, 1.5, 2 ** 53, Date.now()));
const strange = fc.oneof(fc.jsonValue({ maxDepth: 3 }), text, number);

/** Nearly an event: each field is right, wrong or missing. */
const nearly = fc.record(
  {
    type: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...EVENT_TYPES) },
      { weight: 1, arbitrary: strange },
    ),
    clientId: fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 1 }) }, { weight: 1, arbitrary: strange }),
    created: fc.oneof({ weight: 3, arbitrary: fc.constant(Date.now()) }, { weight: 1, arbitrary: strange }),
    attempt: strange,
    events: strange,
    id: text,
  },
  { requiredKeys: [] },
);
const data = fc.oneof(
  { weight: 4, arbitrary: nearly },
  { weight: 3, arbitrary: fc.record({ events: fc.array(fc.oneof(nearly, strange), { maxLength: 20 }) }) },
  { weight: 1, arbitrary: strange },
);
/** Options that a producer may choose, too. */
const options = fc.record(
  {
    attempts: fc.integer({ min: 0, max: 3 }),
    delay: fc.integer({ min: 0, max: 20 }),
    priority: fc.integer({ min: 0, max: 100 }),
    lifo: fc.boolean(),
    removeOnFail: fc.boolean(),
    removeOnComplete: fc.boolean(),
  },
  { requiredKeys: [] },
);
const job = fc.record({ type: fc.constantFrom(...TYPES), data, name: text, opts: options });

async function addMarkers(round: number): Promise<string[]> {
  const events = TYPES.map((type) =>
    makeEvent({ ...webhooks.get(type)?.match, type, id: `marker-${type}-${round}` }),
  );
  for (const event of events) await platform.queues.events(event.type).add(event.type, event);
  return events.map(({ id }) => String(id));
}

async function routed(type: EventType): Promise<void> {
  const queue = platform.queues.events(type);
  const left = () => queue.getJobCountByTypes('wait', 'active', 'delayed', 'prioritized');
  await waitUntil(async () => (await left()) === 0, {
    what: `an empty queue of ${type}`,
    timeoutMs: LONG_MS,
  }).catch(async (error: unknown) => {
    const jobs = await queue.getJobs(['wait', 'active', 'delayed', 'prioritized'], 0, 2);
    throw new Error(`${error}: ${await left()} jobs left, such as ${JSON.stringify(jobs)}`);
  });
}

async function delivered(markers: readonly string[]): Promise<void> {
  const ids = () => new Set(customer.acceptedEvents().map(({ id }) => id));
  const all = () => markers.every((id) => ids().has(id));
  await waitUntil(all, { what: 'all markers', timeoutMs: LONG_MS });
}

describe('any job', () => {
  it(
    'is routed or refused with a reason, and what comes with it is delivered',
    async () => {
      const markers: string[] = [];
      const jobs = fc.sample(job, { seed: SEED, numRuns: JOBS });
      for (let begin = 0; begin < JOBS; begin += 1000) {
        for (const type of TYPES) {
          const own = jobs.slice(begin, begin + 1000).filter((one) => one.type === type);
          await platform.queues
            .events(type)
            .addBulk(own.map(({ name, data: its, opts }) => ({ name, data: its, opts })));
        }
        markers.push(...(await addMarkers(begin)));
      }
      for (const type of TYPES) await routed(type);
      await delivered(markers);
      const failed = (
        await Promise.all(TYPES.map((type) => platform.queues.events(type).getFailed()))
      ).flat();
      expect(failed.length).toBeGreaterThan(100);
      for (const one of failed as Job[]) expect(one.failedReason).toMatch(/^(The|\d+ of) /);
    },
    4 * LONG_MS,
  );

  it(
    'that is not even JSON, or has fields that BullMQ never writes, stops nothing',
    async () => {
      const { redis, config } = platform;
      const key = (id: string) => `${config.queuePrefix}:events-open:${id}`;
      const raw = fc.sample(text, { seed: SEED, numRuns: 50 });
      const queue = platform.queues.events('open');
      for (const [index, its] of raw.entries()) {
        const added = await queue.add('open', {}, { delay: 3_600_000, jobId: `raw-${index}` });
        await redis.hset(key(`raw-${index}`), {
          data: its,
          ...(index % 2 === 0 && { opts: '{}', timestamp: its }),
        });
        await added.promote();
      }
      const markers = await addMarkers(JOBS);
      await routed('open');
      await delivered(markers);
    },
    4 * LONG_MS,
  );

  it('leaves the worker ready, and nothing of the kind "unexpected" in the log', async () => {
    const ready = await send(platform.workerPort, { method: 'GET', path: '/health/ready' });
    expect(ready).toMatchObject({ status: 200 });
    expect(platform.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
