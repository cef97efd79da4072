import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startCustomer } from '#libs/testing/customer.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import type { DeliveryWorker } from '../deliveryWorker.ts';
import { type Delivery, openDelivery } from './deliveryFixture.ts';
import type { FixtureWebhook } from './fixtureWebhook.ts';
import { eventsOf, numbersOf, range, taken } from './numbered.ts';

const INTERVAL_MS = 50;

let delivery: Delivery;
let worker: DeliveryWorker | undefined;
beforeAll(async () => {
  delivery = await openDelivery({
    settings: { retryIntervalMs: INTERVAL_MS, retryMaxIntervalMs: INTERVAL_MS },
  });
});
beforeEach(() => {
  worker = undefined;
});
afterEach(() => worker?.close());
afterAll(() => delivery.close());

const untilEmpty = ({ id }: FixtureWebhook) =>
  waitUntil(async () => (await delivery.contents(id)).pending === null, { what: 'an empty backlog' });

describe('a batch size that was lowered', () => {
  it('holds also for what waits already, and the order stays', async () => {
    const webhook = await delivery.webhook();
    for (let first = 1; first <= 1_000; first += 100) await webhook.append(range(first, first + 99));
    worker = delivery.startWorker({ batchSize: 30 });
    await untilEmpty(webhook);
    expect(taken(webhook.customer)).toEqual(range(1, 1_000));
    expect(Math.max(...webhook.batches().map((batch) => batch.length))).toBeLessThanOrEqual(30);
  });

  it('cuts only what it sends: a long backlog stays where it is', async () => {
    const webhook = await delivery.webhook(() => ({ instead: 'reset' }));
    for (let first = 1; first <= 3_000; first += 100) await webhook.append(range(first, first + 99));
    worker = delivery.startWorker({ batchSize: 30 });
    await webhook.customer.waitForRequests(6);
    const { units } = await delivery.contents(webhook.id);
    expect(units.filter(({ source }) => source === 'entry').length).toBeGreaterThan(20);
    webhook.customer.script([]);
    await untilEmpty(webhook);
    expect(taken(webhook.customer).toSorted((a, b) => a - b)).toEqual(range(1, 3_000));
    expect(Math.max(...webhook.batches().map((batch) => batch.length))).toBeLessThanOrEqual(30);
  });

  it('holds for parts that were set aside under the old one', async () => {
    const webhook = await delivery.webhook(() => ({ status: 500 }));
    await webhook.append(range(1, 100));
    const first = delivery.startWorker();
    await waitUntil(async () => Object.keys((await delivery.contents(webhook.id)).due).length > 0, {
      what: 'parts',
    });
    await first.close();
    const sent = webhook.customer.requests.length;
    webhook.customer.script([]);
    worker = delivery.startWorker({ batchSize: 7 });
    await untilEmpty(webhook);
    expect(taken(webhook.customer).toSorted((a, b) => a - b)).toEqual(range(1, 100));
    expect(
      Math.max(
        ...webhook
          .batches()
          .slice(sent)
          .map((batch) => batch.length),
      ),
    ).toBeLessThanOrEqual(7);
  });
});

describe('a change of the webhook', () => {
  it('applies to the next POST: another target, another password', async () => {
    const webhook = await delivery.webhook([{ status: 500 }], {
      authentication: { type: 'basicAuth', userName: 'ada', password: 'old' },
    });
    const other = await startCustomer();
    await webhook.append([1]);
    worker = delivery.startWorker();
    await webhook.customer.waitForRequests(1);
    const authentication = { type: 'basicAuth', userName: 'ada', password: 'new' } as const;
    await webhook.update({ targetUrl: other.url, authentication });
    await other.waitForAccepted(1);
    const headers = [...webhook.customer.requests, ...other.requests].map(
      (request) => request.headers.authorization,
    );
    expect(headers.slice(0, -1).every((header) => header === `Basic ${btoa('ada:old')}`)).toBe(true);
    expect(headers.at(-1)).toBe(`Basic ${btoa('ada:new')}`);
    await other.close();
  });

  it('that deactivates it stops it at once: nothing but the batch in flight', async () => {
    const webhook = await delivery.webhook(async (_, index) => {
      if (index === 3) await webhook.change('deactivate');
      return { delayMs: 5 };
    });
    for (let first = 1; first <= 1_000; first += 100) await webhook.append(range(first, first + 99));
    worker = delivery.startWorker();
    await waitUntil(async () => (await delivery.contents(webhook.id)).pending === 600, {
      what: '400 delivered',
    });
    await worker.close();
    expect(webhook.customer.requests).toHaveLength(4);

    // What waits goes out when it is activated again, in its order.
    await webhook.change('activate');
    await delivery.waker.hurry(webhook.id, 'deliveries');
    worker = delivery.startWorker();
    await untilEmpty(webhook);
    expect(taken(webhook.customer)).toEqual(range(1, 1_000));
  });

  it('that deletes it in flight drops the rest, and leaves nothing in Redis', async () => {
    const webhook = await delivery.webhook(async (_, index) => {
      if (index === 1) {
        await webhook.change('deactivate');
        await webhook.change('delete');
        await delivery.backlog.drop(webhook.id);
      }
      return {};
    });
    for (let first = 1; first <= 1_000; first += 100) await webhook.append(range(first, first + 99));
    worker = delivery.startWorker();
    await webhook.customer.waitForRequests(2);
    await waitUntil(async () => (await delivery.jobs(webhook.id)).length === 0, { what: 'no job' });
    expect(webhook.customer.requests).toHaveLength(2);
    expect(await delivery.contents(webhook.id)).toMatchObject({
      units: [],
      state: {},
      pending: null,
      waiting: null,
    });
  });
});

describe("an event's time", () => {
  const TTL_MS = 60_000;

  it('is looked at event by event, and again when the turn of a batch comes late', async () => {
    const webhook = await delivery.webhook();
    const now = Date.now();
    await webhook.append([1, 2], { created: now - TTL_MS });
    await webhook.append([3], { created: now - TTL_MS + 400 });
    await webhook.append([4]);
    // Two batches are read at once; the answer to the first takes so long that the second is too old afterwards.
    webhook.customer.script(() => ({ delayMs: 500 }));
    worker = delivery.startWorker({ eventTtlMs: TTL_MS, batchSize: 1 });
    await untilEmpty(webhook);
    expect(webhook.batches()).toEqual([[3], [4]]);
    expect(webhook.customer.requests.flatMap((request) => numbersOf(request))).not.toContain(1);
    expect(delivery.discarded.filter(({ webhookId }) => webhookId === webhook.id)).toEqual([
      { webhookId: webhook.id, events: 2, reason: 'expired' },
    ]);
  });

  it('ends its tries, and those of nothing else', async () => {
    const webhook = await delivery.webhook(() => ({ status: 500 }));
    const now = Date.now();
    await webhook.append([1], { created: now - TTL_MS + 1_000 });
    await webhook.append([2]);
    worker = delivery.startWorker({ eventTtlMs: TTL_MS });
    await waitUntil(async () => (await delivery.contents(webhook.id)).pending === 1, {
      what: 'one event discarded',
    });
    webhook.customer.script([]);
    await untilEmpty(webhook);
    expect(taken(webhook.customer)).toEqual([2]);
    for (const request of webhook.customer.requests) {
      if (eventsOf(request).some(({ n }) => n === 1)) expect(request.at).toBeLessThan(now + 1_000 + 100);
    }
  });
});
