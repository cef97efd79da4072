import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Lane } from '#libs/backlog/lane.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import type { DeliveryWorker } from '../deliveryWorker.ts';
import { type Delivery, openDelivery } from './deliveryFixture.ts';
import type { FixtureWebhook } from './fixtureWebhook.ts';
import { range } from './numbered.ts';

const GRACE_MS = 200;
const HOUR_MS = 3_600_000;

let delivery: Delivery;
let worker: DeliveryWorker;
beforeAll(async () => {
  delivery = await openDelivery({ graceMs: GRACE_MS });
  await delivery.startReconciler({ everyMs: 100 });
});
beforeEach(() => {
  worker = delivery.startWorker();
});
afterEach(() => worker.close());
afterAll(() => delivery.close());

const queue = (lane: Lane) => {
  const found = delivery.waker.queues.find(({ name }) => name === lane);
  if (!found) throw new Error(`no queue ${lane}`);
  return found;
};

/** The one job of a webhook in a lane, in Redis, past BullMQ. */
async function jobIn(lane: Lane, { id }: FixtureWebhook): Promise<string> {
  const jobs = await queue(lane).getJobs(['wait', 'delayed']);
  const own = jobs.filter((job) => job.data.webhookId === id);
  expect(own).toHaveLength(1);
  return own[0]?.id ?? '';
}

/** A webhook whose first transmission has failed and whose next is an hour away; the worker stands still. */
async function waitingForRetry() {
  await worker.close();
  worker = delivery.startWorker({ retryIntervalMs: HOUR_MS, retryMaxIntervalMs: HOUR_MS });
  const webhook = await delivery.webhook([{ status: 500 }]);
  await webhook.append([1]);
  await waitUntil(async () => (await delivery.jobs(webhook.id)).join() === 'retries delayed', {
    what: 'a delayed job',
  });
  await worker.close();
  // Its time has come, but nobody notices.
  await delivery.redis.hset(delivery.keys.of(webhook.id).state, 'nextTry', Date.now());
  await delivery.waiting.lookAgainAt(webhook.id, Date.now());
  return webhook;
}

describe('the reconciler gets a webhook going again', () => {
  it('whose wake-up was lost', async () => {
    const webhook = await delivery.webhook();
    await worker.close();
    await webhook.append([1]);
    await queue('deliveries').remove(await jobIn('deliveries', webhook));
    expect(await delivery.jobs(webhook.id)).toEqual([]);
    worker = delivery.startWorker();
    await webhook.customer.waitForAccepted(1);
  });

  it('whose deduplication key was left behind without a job', async () => {
    const webhook = await delivery.webhook();
    await worker.close();
    await webhook.append([1]);
    const jobId = await jobIn('deliveries', webhook);
    await delivery.redis.lrem(queue('deliveries').toKey('wait'), 1, jobId);
    await delivery.redis.del(queue('deliveries').toKey(jobId));
    worker = delivery.startWorker();
    await webhook.customer.waitForAccepted(1);
  });

  it('whose job lies in the failed set', async () => {
    const webhook = await delivery.webhook();
    await worker.close();
    await webhook.append([1]);
    const jobId = await jobIn('deliveries', webhook);
    // What BullMQ does when it has given up a job as stalled too often.
    await delivery.redis.lrem(queue('deliveries').toKey('wait'), 1, jobId);
    await delivery.redis.zadd(queue('deliveries').toKey('failed'), Date.now(), jobId);
    await delivery.redis.hset(
      queue('deliveries').toKey(jobId),
      'failedReason',
      'job stalled more than allowable limit',
    );
    expect(await delivery.jobs(webhook.id)).toEqual(['deliveries failed']);
    worker = delivery.startWorker();
    await webhook.customer.waitForAccepted(1);
  });

  it('whose delayed job lost its marker', async () => {
    const webhook = await waitingForRetry();
    await delivery.redis.zadd(queue('retries').toKey('delayed'), 'XX', 1, await jobIn('retries', webhook));
    await delivery.redis.del(queue('retries').toKey('marker'));
    worker = delivery.startWorker();
    await webhook.customer.waitForAccepted(1);
  });

  it('whose job is delayed for much longer than it should be', async () => {
    const webhook = await waitingForRetry();
    worker = delivery.startWorker();
    await webhook.customer.waitForAccepted(1);
  });

  it('whose job is in the wrong lane', async () => {
    const webhook = await waitingForRetry();
    await queue('retries').remove(await jobIn('retries', webhook));
    await delivery.waker.wake([{ webhookId: webhook.id, lane: 'deliveries' }]);
    worker = delivery.startWorker();
    await webhook.customer.waitForAccepted(1);
  });
});

describe('the reconciler', () => {
  it('leaves alone who is looked after, however long the answers take', async () => {
    const webhook = await delivery.webhook(() => ({ delayMs: 3 * GRACE_MS }));
    await webhook.append([1]);
    await webhook.customer.waitForAccepted(1);
    await waitUntil(async () => (await delivery.jobs(webhook.id)).length === 0, { what: 'no more jobs' });
    expect(webhook.batches()).toEqual([[1]]);
  });

  it('discards what is too old while a webhook is not activated, and keeps the rest', async () => {
    const webhook = await delivery.webhook();
    await webhook.change('deactivate');
    const old = Date.now() - delivery.run.settings.eventTtlMs - 1;
    for (let first = 1; first <= 250; first++) await webhook.append([first], { created: old });
    await webhook.append(range(251, 260));
    await delivery.waiting.lookAgainAt(webhook.id, Date.now());
    await waitUntil(async () => (await delivery.contents(webhook.id)).pending === 10, {
      what: '250 discarded',
    });
    const own = delivery.discarded.filter(({ webhookId }) => webhookId === webhook.id);
    expect(own.reduce((sum, { events }) => sum + events, 0)).toBe(250);
    expect(webhook.customer.requests).toEqual([]);
    await delivery.backlog.drop(webhook.id);
  });

  it('drops what was routed for a webhook that is gone', async () => {
    const webhook = await delivery.webhook();
    await webhook.change('deactivate');
    await webhook.change('delete');
    await webhook.append([1]);
    await waitUntil(async () => (await delivery.contents(webhook.id)).pending === null, {
      what: 'nothing left',
    });
    expect(await delivery.contents(webhook.id)).toMatchObject({ units: [], state: {}, waiting: null });
    const counted = { webhookId: webhook.id, events: 1, reason: 'deleted' };
    await waitUntil(
      () => delivery.discarded.length > 0 && delivery.discarded.at(-1)?.webhookId === webhook.id,
      {
        what: 'the dropped event is counted',
      },
    );
    expect(delivery.discarded.at(-1)).toEqual(counted);
  });
});
