import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { type Delivery, openDelivery } from './deliveryFixture.ts';
import type { FixtureWebhook } from './fixtureWebhook.ts';
import { eventsOf, numbersOf, range, taken } from './numbered.ts';

let delivery: Delivery;
beforeAll(async () => {
  delivery = await openDelivery({ shards: 4 });
  delivery.startWorker();
});
afterAll(() => delivery.close());

const untilEmpty = ({ id }: FixtureWebhook) =>
  waitUntil(async () => (await delivery.contents(id)).pending === null, { what: 'an empty backlog' });

describe('a healthy webhook', () => {
  it('gets all events, oldest first, in batches as large as may be', async () => {
    const webhook = await delivery.webhook();
    await webhook.change('deactivate');
    for (const first of [1, 31, 61, 91]) await webhook.append(range(first, first + 29));
    await webhook.change('activate');
    await webhook.append(range(121, 220));
    await webhook.append(range(221, 250), { wakeAlways: true });
    await untilEmpty(webhook);
    expect(webhook.batches()).toEqual([range(1, 90), range(91, 120), range(121, 220), range(221, 250)]);
  });

  it('gets what comes while its last batch is under way, without another wake-up', async () => {
    const webhook = await delivery.webhook(async ({ body }) => {
      if (numbersOf({ body }).includes(1)) await webhook.append([2]);
      return {};
    });
    await webhook.append([1]);
    await webhook.customer.waitForAccepted(2);
    expect(webhook.batches()).toEqual([[1], [2]]);
  });

  it('gets up to four batches at once while its backlog is long, and none twice', async () => {
    const webhook = await delivery.webhook(() => ({ delayMs: 50 }));
    await webhook.change('deactivate');
    for (let first = 1; first <= 8_000; first += 100) await webhook.append(range(first, first + 99));
    await webhook.change('activate');
    await delivery.waker.wake([{ webhookId: webhook.id, lane: 'deliveries' }]);
    await untilEmpty(webhook);
    expect(taken(webhook.customer).toSorted((a, b) => a - b)).toEqual(range(1, 8_000));
    expect(webhook.customer.maxInFlight).toBe(4);
    expect(webhook.batches().every((batch) => batch.length === 100)).toBe(true);
  });

  it('keeps the order again as soon as its backlog is short', async () => {
    const webhook = await delivery.webhook(() => ({ delayMs: 1 }));
    for (let first = 1; first <= 3_000; first += 30) await webhook.append(range(first, first + 29));
    await untilEmpty(webhook);
    expect(taken(webhook.customer)).toEqual(range(1, 3_000));
    expect(webhook.customer.maxInFlight).toBe(1);
  });
});

describe('many webhooks', () => {
  it('of all shards are served side by side', async () => {
    const webhooks = await Promise.all(range(1, 12).map(() => delivery.webhook()));
    expect(new Set(webhooks.map(({ id }) => delivery.keys.shardOf(id))).size).toBe(4);
    await Promise.all(webhooks.map((webhook) => webhook.append(range(1, 150))));
    for (const webhook of webhooks) {
      await untilEmpty(webhook);
      expect(taken(webhook.customer)).toEqual(range(1, 150));
    }
    expect((await delivery.waiting.totals(Date.now())).events).toBe(0);
  });
});

describe('a worker that stops', () => {
  it('finishes what is in flight and hands the rest to the others', async () => {
    const own = await openDelivery();
    const webhook = await own.webhook(() => ({ delayMs: 30 }));
    for (let first = 1; first <= 4_000; first += 100) await webhook.append(range(first, first + 99));
    const first = own.startWorker();
    await webhook.customer.waitForRequests(3);
    await first.close();
    const sent = webhook.customer.requests.length;
    await sleep(50);
    expect(webhook.customer.requests).toHaveLength(sent);
    own.startWorker();
    await webhook.customer.waitForAccepted(4_000);
    expect(taken(webhook.customer)).toEqual(range(1, 4_000));
    expect(
      webhook.customer.requests.every((request) => eventsOf(request).every(({ attempt }) => attempt === 1)),
    ).toBe(true);
    await own.close();
  });
});
