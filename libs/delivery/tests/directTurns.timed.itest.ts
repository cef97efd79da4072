import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LEASE_MS } from '#libs/backlog/leases.ts';
import { BacklogSink } from '#libs/backlog/sink.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import type { DeliveryWorker } from '../deliveryWorker.ts';
import { type Delivery, openDelivery } from './deliveryFixture.ts';
import { numbered, range, taken } from './numbered.ts';

let delivery: Delivery;
let worker: DeliveryWorker;
beforeAll(async () => {
  delivery = await openDelivery();
  worker = delivery.startWorker();
});
afterAll(() => delivery.close());

/** What the router of the worker's process does. */
function sinkOf({ backlog }: Delivery, { waker }: Pick<DeliveryWorker, 'waker'>) {
  const sink = new BacklogSink({ backlog, waker });
  return (webhookIds: readonly number[], numbers: readonly number[]) => {
    const events = numbers.map((n) => numbered(n, Date.now()));
    return sink.append(
      webhookIds.map((webhookId) => ({ webhookId, events })),
      { wakeAlways: false },
    );
  };
}

/** How many jobs of deliveries there have ever been. */
async function jobsEver({ waker, redis }: Delivery): Promise<number> {
  const counts = await Promise.all(waker.queues.map((queue) => redis.get(queue.toKey('id'))));
  return counts.reduce((sum, count) => sum + Number(count), 0);
}

const untilEmpty = (id: number) =>
  waitUntil(async () => (await delivery.contents(id)).pending === null, { what: 'an empty backlog' });

describe('a webhook that sleeps', () => {
  it('gets its events without a job, one sleep after the other', async () => {
    const webhook = await delivery.webhook();
    const append = sinkOf(delivery, worker);
    const before = await jobsEver(delivery);
    for (const n of range(1, 20)) {
      await append([webhook.id], [n]);
      await webhook.customer.waitForAccepted(n);
    }
    await untilEmpty(webhook.id);
    expect(taken(webhook.customer)).toEqual(range(1, 20));
    expect(await jobsEver(delivery)).toBe(before);
  });

  it('gets what comes while its first event is under way, one POST at a time', async () => {
    const webhook = await delivery.webhook(() => ({ delayMs: 20 }));
    const append = sinkOf(delivery, worker);
    for (const n of range(1, 30)) {
      await append([webhook.id], [n]);
      await sleep(5);
    }
    await webhook.customer.waitForAccepted(30);
    await untilEmpty(webhook.id);
    expect(taken(webhook.customer)).toEqual(range(1, 30));
    expect(webhook.customer.maxInFlight).toBe(1);
  });

  it('needs no job afterwards either, when its target took longer than a turn has', async () => {
    const webhook = await delivery.webhook([{ delayMs: 1_200 }]);
    const before = await jobsEver(delivery);
    await sinkOf(delivery, worker)([webhook.id], [1]);
    await webhook.customer.waitForAccepted(1);
    await untilEmpty(webhook.id);
    // The next one's wake-up is after whatever the first one's run has asked for.
    await sinkOf(delivery, worker)([webhook.id], [2]);
    await webhook.customer.waitForAccepted(2);
    expect(await jobsEver(delivery)).toBe(before);
  });

  it('is retried by a job when its target refuses', async () => {
    const webhook = await delivery.webhook([{ status: 500 }, { status: 503 }]);
    await sinkOf(delivery, worker)([webhook.id], [1, 2]);
    await webhook.customer.waitForAccepted(2);
    const [first, second, third] = webhook.customer.requests;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(190);
    expect((third?.at ?? 0) - (second?.at ?? 0)).toBeGreaterThanOrEqual(190);
  });

  it('is kept from others for as long as its target takes', async () => {
    const webhook = await delivery.webhook([{ delayMs: LEASE_MS / 2 - 200 }]);
    await sinkOf(delivery, worker)([webhook.id], [1]);
    await webhook.customer.waitForRequests(1);
    await delivery.waker.wake([{ webhookId: webhook.id, lane: 'deliveries' }]);
    await sleep(LEASE_MS / 2 - 700);
    // Half of it is over, and it has been renewed since.
    expect(await delivery.redis.pttl(delivery.keys.of(webhook.id).lease)).toBeGreaterThan(LEASE_MS * 0.6);
    await untilEmpty(webhook.id);
    expect(webhook.batches()).toEqual([[1]]);
  });
});

describe('webhooks that wake at the same time', () => {
  it.each([
    ['no jobs, when they are few', 16, 0],
    ['jobs, when they are many', 17, 17],
  ])('get %s', async (_what, count, jobs) => {
    const webhooks = await Promise.all(range(1, count).map(() => delivery.webhook(() => ({ delayMs: 50 }))));
    const before = await jobsEver(delivery);
    await sinkOf(delivery, worker)(
      webhooks.map(({ id }) => id),
      [1],
    );
    for (const { customer, id } of webhooks) {
      await customer.waitForAccepted(1);
      await untilEmpty(id);
    }
    expect((await jobsEver(delivery)) - before).toBe(jobs);
  });
});

describe('a worker that stops', () => {
  it('finishes what is in flight, and leaves the rest to the others', async () => {
    const own = delivery.startWorker();
    const webhook = await delivery.webhook([{ delayMs: 300 }]);
    const append = sinkOf(delivery, own);
    await append([webhook.id], [1]);
    await webhook.customer.waitForRequests(1);
    await append([webhook.id], [2]);
    await own.close();
    expect(taken(webhook.customer)).toContain(1);
    await append([webhook.id], [3]);
    await webhook.customer.waitForAccepted(3);
    expect(taken(webhook.customer)).toEqual([1, 2, 3]);
  });
});
