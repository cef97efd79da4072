import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DelayedError, type Job, Queue } from 'bullmq';
import { silentLogger } from '#libs/logging/logger.ts';
import { testServers } from '#libs/testing/servers.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { PatientWorker } from '../patientWorker.ts';
import { connectRedis } from '../redis.ts';

const { redisUrl, makeQueuePrefix } = testServers();
let redis: ReturnType<typeof connectRedis>;
let queue: Queue;
let worker: PatientWorker<unknown>;
let processed: number;
let process: (job: Job, token: string) => Promise<void>;

beforeEach(() => {
  const prefix = makeQueuePrefix();
  redis = connectRedis(redisUrl, 'waiting', silentLogger);
  queue = new Queue('jobs', { connection: redis, prefix });
  processed = 0;
  const run = async (job: Job, token = '') => {
    await process(job, token);
    processed += 1;
  };
  worker = new PatientWorker('jobs', run, {
    connection: redis,
    prefix,
    lockDuration: 60_000,
    removeOnComplete: { count: 0 },
  });
  worker.on('error', () => {});
});
afterEach(async () => {
  await worker.close();
  await queue.close();
  redis.disconnect();
});

const lockOf = (job: Job) => queue.toKey(`${job.id}:lock`);
const counts = () => queue.getJobCounts('waiting', 'active', 'delayed', 'completed', 'failed');
const NONE = { waiting: 0, active: 0, delayed: 0, completed: 0, failed: 0 };

describe('a job whose lock ran out meanwhile', () => {
  it('is completed, if nobody else has taken it', async () => {
    process = async (job) => void (await redis.del(lockOf(job)));
    await queue.add('job', {});
    await waitUntil(async () => processed === 1 && (await counts()).active === 0, {
      what: 'it is completed',
    });
    expect(await counts()).toEqual(NONE);
  });

  it('is delayed, if nobody else has taken it', async () => {
    process = async (job, token) => {
      await redis.del(lockOf(job));
      await job.moveToDelayed(Date.now() + 60_000, token);
      throw new DelayedError();
    };
    await queue.add('job', {});
    await waitUntil(async () => (await counts()).delayed === 1, { what: 'it is delayed' });
    expect(await counts()).toEqual({ ...NONE, delayed: 1 });
  });

  it("is left to whoever has taken it, with that one's lock", async () => {
    process = async (job) => void (await redis.set(lockOf(job), 'another'));
    const errors: Error[] = [];
    worker.on('error', (error) => errors.push(error));
    const job = await queue.add('job', {});
    await waitUntil(() => errors.length > 0, { what: 'it is refused' });
    expect(await counts()).toEqual({ ...NONE, active: 1 });
    expect(await redis.get(lockOf(job))).toBe('another');
  });
});

it('with room for many jobs, starts each soon after it has come, and has all under way in the end', async () => {
  const most = 200;
  const { prefix = '' } = queue.opts;
  const many = new Queue('many', { connection: redis, prefix });
  await many.addBulk(Array.from({ length: most }, () => ({ name: 'job', data: {} })));
  const fetchedAtStart: number[] = [];
  const gate = Promise.withResolvers<void>();
  const start = async () => {
    fetchedAtStart.push(await many.getActiveCount());
    await gate.promise;
  };
  const eager = new PatientWorker('many', start, {
    connection: redis,
    prefix,
    concurrency: most,
    jobsAhead: 8,
  });
  try {
    await waitUntil(() => fetchedAtStart.length === most, { what: 'all are under way' });
    expect(fetchedAtStart[0]).toBeLessThan(most / 4);
    gate.resolve();
    await waitUntil(async () => (await many.getActiveCount()) === 0, { what: 'all are done' });
  } finally {
    gate.resolve();
    await eager.close();
    await many.close();
  }
});
