import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DelayedError, type Job, Worker } from 'bullmq';
import { silentLogger } from '#libs/logging/logger.ts';
import { connectRedis } from '#libs/runtime/redis.ts';
import { testServers } from '#libs/testing/servers.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import type { Lane } from '../lane.ts';
import type { DeliveryJob } from '../wakeDelivery.ts';
import { openBacklog } from './backlogFixture.ts';

type Queued = Job<DeliveryJob>;

let fixture: ReturnType<typeof openBacklog>;
let webhookId = 0;
const workers: Worker[] = [];
const redis = connectRedis(testServers().redisUrl, 'waiting', silentLogger);
beforeAll(() => {
  fixture = openBacklog();
});
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.close()));
  for (const queue of fixture.waker.queues) await queue.obliterate({ force: true });
});
afterAll(async () => {
  await fixture.close();
  redis.disconnect();
});

const queue = (lane: Lane) => {
  const found = fixture.waker.queues.find(({ name }) => name === lane);
  if (!found) throw new Error(`no queue ${lane}`);
  return found;
};
const wake = (lane: Lane = 'deliveries', delayMs?: number) =>
  fixture.waker.wake([{ webhookId, lane, ...(delayMs === undefined ? {} : { delayMs }) }]);
const counts = async (lane: Lane = 'deliveries') => {
  const { wait = 0, active = 0, delayed = 0 } = await queue(lane).getJobCounts('wait', 'active', 'delayed');
  return { wait, active, delayed };
};

/** Runs the lane's jobs; each waits until the test lets it go on, and ends as the test says. */
function startWorker(lane: Lane = 'deliveries') {
  const held: { job: Queued; go(end?: { delayMs: number }): void }[] = [];
  let runs = 0;
  let most = 0;
  let running = 0;
  const process = async (job: Queued, token?: string) => {
    runs += 1;
    most = Math.max(most, ++running);
    const end = await new Promise<{ delayMs: number } | undefined>((go) => held.push({ job, go }));
    running -= 1;
    if (!end) return;
    await job.moveToDelayed(Date.now() + end.delayMs, token);
    throw new DelayedError();
  };
  const options = { connection: redis, prefix: fixture.keys.shardTag(0), concurrency: 50 };
  workers.push(new Worker<DeliveryJob>(lane, process, options));
  return {
    get runs() {
      return runs;
    },
    get most() {
      return most;
    },
    next: () => waitUntil(() => held.shift(), { what: 'a run' }),
    idle: () =>
      waitUntil(
        async () => running === 0 && Object.values(await counts(lane)).every((count) => count === 0),
        {
          what: 'nothing to run',
        },
      ),
  };
}

/** All that is kept of deduplication; nothing may stay when no job does. */
const deduplicationKeys = async () => redis.keys(`${fixture.keys.shardTag(0)}:*:d[en]:*`);

describe('waking a webhook', () => {
  it('makes one job, however often it is woken while it waits', async () => {
    webhookId += 1;
    await Promise.all(Array.from({ length: 50 }, () => wake()));
    expect(await counts()).toEqual({ wait: 1, active: 0, delayed: 0 });
    const [job] = await queue('deliveries').getWaiting();
    expect(job?.data).toEqual({ webhookId });
  });

  it('while it runs makes it run once more afterwards, and never twice at a time', async () => {
    webhookId += 1;
    const worker = startWorker();
    await wake();
    const first = await worker.next();
    await Promise.all(Array.from({ length: 20 }, () => wake()));
    expect(await counts()).toEqual({ wait: 0, active: 1, delayed: 0 });
    first.go();
    const second = await worker.next();
    second.go();
    await worker.idle();
    expect([worker.runs, worker.most]).toEqual([2, 1]);
    expect(await deduplicationKeys()).toEqual([]);
  });

  it('is ignored while its job is delayed, also when the job has delayed itself', async () => {
    webhookId += 1;
    await wake('retries', 60_000);
    await wake('retries');
    await wake('retries', 10);
    expect(await counts('retries')).toEqual({ wait: 0, active: 0, delayed: 1 });

    webhookId += 1;
    const worker = startWorker();
    await wake();
    (await worker.next()).go({ delayMs: 60_000 });
    await waitUntil(async () => (await counts()).delayed === 1, { what: 'the job to be delayed' });
    await wake();
    expect(await counts()).toEqual({ wait: 0, active: 0, delayed: 1 });
  });

  it('for later, while it runs, makes it run that much later', async () => {
    webhookId += 1;
    const worker = startWorker('retries');
    await wake('retries');
    const run = await worker.next();
    await wake('retries', 60_000);
    run.go();
    await waitUntil(async () => (await counts('retries')).delayed === 1, {
      what: 'the next job to be delayed',
    });
    expect(worker.runs).toBe(1);
    const [job] = await queue('retries').getDelayed();
    expect(job?.delay).toBe(60_000);
  });

  it('in one lane says nothing about the other', async () => {
    webhookId += 1;
    await wake('deliveries');
    await wake('retries', 60_000);
    expect([await counts('deliveries'), await counts('retries')]).toEqual([
      { wait: 1, active: 0, delayed: 0 },
      { wait: 0, active: 0, delayed: 1 },
    ]);
  });

  it('works after a deduplication key was left behind whose job is gone', async () => {
    webhookId += 1;
    await wake();
    const [job] = await queue('deliveries').getWaiting();
    await redis.lrem(queue('deliveries').toKey('wait'), 1, job?.id ?? '');
    await redis.del(queue('deliveries').toKey(job?.id ?? ''));
    expect(await deduplicationKeys()).toHaveLength(1);
    await wake();
    expect(await counts()).toEqual({ wait: 1, active: 0, delayed: 0 });
  });
});

describe('hurrying', () => {
  it('ends the wait of a delayed job', async () => {
    webhookId += 1;
    await wake('retries', 60_000);
    await fixture.waker.hurry(webhookId, 'retries');
    expect(await counts('retries')).toEqual({ wait: 1, active: 0, delayed: 0 });
  });

  it('wakes what does not wait, and makes no second job of one that does', async () => {
    webhookId += 1;
    await fixture.waker.hurry(webhookId, 'retries');
    await fixture.waker.hurry(webhookId, 'retries');
    expect(await counts('retries')).toEqual({ wait: 1, active: 0, delayed: 0 });
    const worker = startWorker('retries');
    const run = await worker.next();
    await fixture.waker.hurry(webhookId, 'retries');
    run.go();
    (await worker.next()).go();
    await worker.idle();
    expect(worker.runs).toBe(2);
  });

  it.each(['failed', 'nowhere'])('wakes past a job that is %s and left its key behind', async (where) => {
    webhookId += 1;
    await wake();
    const [job] = await queue('deliveries').getWaiting();
    await redis.lrem(queue('deliveries').toKey('wait'), 1, job?.id ?? '');
    if (where === 'failed') await redis.zadd(queue('deliveries').toKey('failed'), 1, job?.id ?? '');
    await wake();
    expect(await counts()).toEqual({ wait: 0, active: 0, delayed: 0 });
    await fixture.waker.hurry(webhookId, 'deliveries');
    expect(await counts()).toEqual({ wait: 1, active: 0, delayed: 0 });
  });

  it('never fails because a job becomes due, or others hurry, at the same time', async () => {
    webhookId += 1;
    const worker = startWorker('retries');
    for (let round = 0; round < 20; round++) {
      await wake('retries', 5);
      await Promise.all(Array.from({ length: 5 }, () => fixture.waker.hurry(webhookId, 'retries')));
      (await worker.next()).go();
    }
    await waitUntil(
      async () => {
        const { wait, active, delayed } = await counts('retries');
        if (wait + active + delayed === 0) return true;
        (await worker.next()).go();
        return false;
      },
      { what: 'nothing to run' },
    );
    expect(worker.most).toBe(1);
    expect(await deduplicationKeys()).toEqual([]);
  });
});
