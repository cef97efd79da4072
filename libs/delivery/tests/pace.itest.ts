import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { type Delivery, openDelivery } from './deliveryFixture.ts';
import type { FixtureWebhook } from './fixtureWebhook.ts';
import { range } from './numbered.ts';

let delivery: Delivery;
beforeAll(async () => {
  delivery = await openDelivery({ settings: { batchSize: 1, retryIntervalMs: 20, retryMaxIntervalMs: 20 } });
  delivery.startWorker({ slots: { deliveries: 1, retries: 1 } });
  delivery.startWorker({ slots: { deliveries: 1, retries: 1 } });
});
afterAll(() => delivery.close());

/** The most POSTs that came within any second. */
function mostInASecond({ customer }: FixtureWebhook): number {
  const times = customer.requests.map(({ at }) => at);
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length));
}

describe('maxRequestsPerSecond', () => {
  it.each([2, 10, 60])('of %d is never exceeded, and nearly reached', async (maxRequestsPerSecond) => {
    const webhook = await delivery.webhook([], { maxRequestsPerSecond });
    const seconds = 3;
    const count = maxRequestsPerSecond * seconds;
    for (const n of range(1, count)) await webhook.append([n]);
    await webhook.customer.waitForRequests(count);
    expect(webhook.batches()).toEqual(range(1, count).map((n) => [n]));
    expect(mostInASecond(webhook)).toBeLessThanOrEqual(maxRequestsPerSecond);
    const [first, last] = [webhook.customer.requests[0], webhook.customer.requests.at(-1)];
    // It is this machine that may be slow, not the limit that may be low.
    expect((last?.at ?? 0) - (first?.at ?? 0)).toBeLessThan(seconds * 4_000);
  });

  it('counts tries that fail, and the first one after them, in both lanes', async () => {
    const webhook = await delivery.webhook(() => ({ status: 500 }), { maxRequestsPerSecond: 4 });
    await webhook.append([1]);
    await webhook.customer.waitForRequests(8);
    webhook.customer.script([]);
    for (const n of range(2, 9)) await webhook.append([n]);
    await webhook.customer.waitForAccepted(9);
    expect(mostInASecond(webhook)).toBeLessThanOrEqual(4);
  });

  it('holds no slot while it waits', async () => {
    const limited = await Promise.all(
      range(1, 20).map(() => delivery.webhook([], { maxRequestsPerSecond: 1 })),
    );
    for (const webhook of limited) for (const n of range(1, 50)) await webhook.append([n]);
    await waitUntil(() => limited.every(({ customer }) => customer.requests.length > 0), {
      what: 'all have had their first',
    });
    const other = await delivery.webhook();
    const started = Date.now();
    for (const n of range(1, 20)) await other.append([n]);
    await other.customer.waitForAccepted(20);
    // With its slots held, there would be 40 of those seconds before.
    expect(Date.now() - started).toBeLessThan(5_000);
    for (const webhook of limited) await webhook.change('deactivate');
  });

  it('takes effect with the next POST when it is changed, and sends nothing after a deactivation', async () => {
    const webhook = await delivery.webhook([], { maxRequestsPerSecond: 1 });
    for (const n of range(1, 100)) await webhook.append([n]);
    await webhook.customer.waitForRequests(2);
    await webhook.update({ maxRequestsPerSecond: null });
    await webhook.customer.waitForRequests(60);
    await webhook.update({ maxRequestsPerSecond: 1 });
    await webhook.change('deactivate');
    const seen = webhook.customer.requests.length;
    await waitUntil(async () => (await delivery.jobs(webhook.id)).length === 0, { what: 'no job' });
    // The one in flight.
    expect(webhook.customer.requests.length).toBeLessThanOrEqual(seen + 1);
  });
});
