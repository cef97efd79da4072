import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { metric, readMetrics } from './metrics.ts';
import { numbered, numbersOf } from './numbered.ts';
import { type ActivatedWebhook, type Platform, startPlatform } from './platform.ts';

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

/** Deactivates and deletes; then nothing of the webhook may be left in Redis. */
async function remove({ id, clientId }: ActivatedWebhook): Promise<void> {
  await platform.api.deactivate({ id, clientId });
  await platform.api.remove({ id, clientId });
}

let webhook: ActivatedWebhook;
afterEach(async () => {
  await platform.queues.idle('open', webhook.id);
  expect(await platform.redis.keys(`*${platform.config.queuePrefix}*:${webhook.id}`)).toEqual([]);
  expect(metric(await readMetrics(platform.workerPort), 'postrider_pending_events')).toBe(0);
});

describe('Deleting a webhook (contract §3)', () => {
  it('drops what is pending', async () => {
    const customer = await platform.customer(() => ({ status: 500 }));
    webhook = await platform.activated({ customer });
    await platform.publisher.publish(numbered(500, webhook.match));
    await customer.waitForRequests(2);
    await remove(webhook);
    customer.script([]);
    const before = customer.requests.length;
    await platform.queues.idle('open', webhook.id);
    expect(customer.requests.length).toBe(before);
  });

  it('also while a batch is in flight, which finishes', async () => {
    const customer = await platform.customer(() => ({ delayMs: 200 }));
    webhook = await platform.activated({ customer });
    await platform.publisher.publish(numbered(500, webhook.match));
    await platform.queues.routed('open');
    await remove(webhook);
    await platform.queues.idle('open', webhook.id);
    expect(numbersOf(customer.acceptedEvents()).length).toBeLessThanOrEqual(100);
  });

  it('also what was refused and waits by itself', async () => {
    const customer = await platform.customer(({ rawBody }) =>
      rawBody.includes('"n":7,') ? { status: 422 } : {},
    );
    webhook = await platform.activated({ customer });
    await platform.publisher.publish(numbered(300, webhook.match));
    await customer.waitForAccepted(299);
    await remove(webhook);
  });

  it('another one for the same events begins with what comes from then on', async () => {
    const customer = await platform.customer(() => ({ status: 500 }));
    webhook = await platform.activated({ customer });
    await platform.publisher.publish(numbered(3, webhook.match));
    await customer.waitForRequests(1);
    await remove(webhook);
    const next = await platform.customer();
    await platform.activated({ customer: next, clientId: webhook.clientId });
    await platform.publisher.publish(numbered(2, { ...webhook.match, first: 4 }));
    expect(numbersOf(await next.waitForAccepted(2))).toEqual([4, 5]);
  });
});
