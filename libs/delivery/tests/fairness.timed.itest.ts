import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { type Delivery, openDelivery } from './deliveryFixture.ts';
import { range } from './numbered.ts';

const TIMEOUT_MS = 1_500;

let delivery: Delivery;
beforeAll(async () => {
  delivery = await openDelivery({ settings: { deliveryTimeoutMs: TIMEOUT_MS } });
  delivery.startWorker({ slots: { deliveries: 1, retries: 2 } });
});
afterAll(() => delivery.close());

/** How long a single event takes to a healthy target that was not there before. */
async function msToHealthyTarget(): Promise<number> {
  const webhook = await delivery.webhook();
  const started = Date.now();
  await webhook.append([1]);
  await webhook.customer.waitForAccepted(1);
  return Date.now() - started;
}

describe('with a single slot', () => {
  it('a burst for one webhook does not hold up the single event of another: they take turns', async () => {
    const busy = await delivery.webhook(() => ({ delayMs: 5 }));
    for (let first = 1; first <= 50_000; first += 1_000) {
      await Promise.all(range(0, 9).map((at) => busy.append(range(first + at * 100, first + at * 100 + 99))));
    }
    await busy.customer.waitForRequests(1);
    // A slice of a second, and what else there is to do.
    expect(await msToHealthyTarget()).toBeLessThan(2_500);
    expect((await delivery.contents(busy.id)).pending).toBeGreaterThan(0);
    await busy.change('deactivate');
    await delivery.backlog.drop(busy.id);
  });

  it('targets that hang take the slot once each, and from then on only those of the lane of retries', async () => {
    const hanging = await Promise.all(range(1, 4).map(() => delivery.webhook(() => ({ instead: 'hang' }))));
    for (const webhook of hanging) await webhook.append([1]);
    const inRetries = async () => {
      const lanes = await Promise.all(hanging.map(({ id }) => delivery.waiting.lane(id)));
      return lanes.every((lane) => lane === 'retries');
    };
    await waitUntil(inRetries, { what: 'all that hang in the lane of retries' });
    // Both slots of the lane of retries are taken.
    await waitUntil(() => hanging.filter(({ customer }) => customer.requests.length > 1).length >= 2, {
      what: 'retries',
    });
    for (const _ of range(1, 3)) expect(await msToHealthyTarget()).toBeLessThan(TIMEOUT_MS / 2);
    for (const webhook of hanging) await webhook.change('deactivate');
  });
});
