import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { MAX_PROBE_SKIP } from '../nextStep.ts';
import { MAX_REFUSED_PARTS } from '../poisoned.ts';
import { type Delivery, openDelivery } from './deliveryFixture.ts';
import type { FixtureWebhook } from './fixtureWebhook.ts';
import { eventsOf, numbersOf, range, refusing, taken } from './numbered.ts';

const INTERVAL_MS = 20;

let delivery: Delivery;
beforeAll(async () => {
  delivery = await openDelivery({
    settings: { retryIntervalMs: INTERVAL_MS, retryMaxIntervalMs: INTERVAL_MS },
  });
  delivery.startWorker();
});
afterAll(() => delivery.close());

const without = (numbers: readonly number[], ...gone: readonly number[]) =>
  numbers.filter((n) => !gone.includes(n));

/** All events but the poison were taken, each once. */
async function untilTaken({ customer }: FixtureWebhook, expected: readonly number[]) {
  await waitUntil(() => new Set(taken(customer)).size >= expected.length, {
    what: `${expected.length} events, of which ${new Set(taken(customer)).size} were taken`,
  });
  expect(taken(customer).toSorted((a, b) => a - b)).toEqual(expected);
}

/** Each of the poisonous events ends in a part of its own. */
async function untilAlone(webhook: FixtureWebhook, poison: readonly number[]) {
  const alone = async () => {
    const { units } = await delivery.contents(webhook.id);
    return units.length === poison.length && units.every(({ chunk }) => chunk.clocks.length === 1);
  };
  await waitUntil(alone, { what: `${poison.length} events alone` });
  expect((await delivery.contents(webhook.id)).pending).toBe(poison.length);
}

/** Nothing of it may be retried beside the next test. */
async function end(webhook: FixtureWebhook) {
  await webhook.change('deactivate');
  await delivery.backlog.drop(webhook.id);
}

describe('a poisoned event', () => {
  it('among 500 ends alone; the others go out at full speed, and it is retried each interval', async () => {
    const webhook = await delivery.webhook(refusing(142));
    for (let first = 1; first <= 500; first += 100) await webhook.append(range(first, first + 99));
    await untilTaken(webhook, without(range(1, 500), 142));
    await untilAlone(webhook, [142]);
    expect(await delivery.waiting.lane(webhook.id)).toBe('deliveries');

    // What comes now does not wait for it.
    await webhook.append(range(501, 600));
    const at = Date.now();
    await untilTaken(webhook, without(range(1, 600), 142));
    expect(Date.now() - at).toBeLessThan(1_500);

    const refused = () => webhook.customer.requests.filter((request) => numbersOf(request).includes(142));
    const before = refused().length;
    await waitUntil(() => refused().length >= before + 4, { what: 'four more tries' });
    const tries = refused();
    expect(tries.map((request) => eventsOf(request).find(({ n }) => n === 142)?.attempt)).toEqual(
      range(1, tries.length),
    );
    for (const [at4, request] of tries.slice(-3).entries()) {
      expect(numbersOf(request)).toEqual([142]);
      expect(request.at - (tries.at(at4 - 4)?.at ?? 0)).toBeGreaterThanOrEqual(INTERVAL_MS - 5);
    }
    await end(webhook);
  });

  it('is delivered as soon as the target takes it', async () => {
    const webhook = await delivery.webhook(refusing(2));
    await webhook.append([1]);
    await webhook.append([2]);
    await webhook.append([3]);
    await untilTaken(webhook, [1, 3]);
    webhook.customer.script([]);
    await untilTaken(webhook, [1, 2, 3]);
    await waitUntil(async () => (await delivery.contents(webhook.id)).pending === null, {
      what: 'an empty backlog',
    });
  });

  it('in a batch that nothing follows holds up none of the events beside it', async () => {
    const webhook = await delivery.webhook(refusing(37));
    await webhook.append(range(1, 60));
    await untilTaken(webhook, without(range(1, 60), 37));
    await untilAlone(webhook, [37]);
    await end(webhook);
  });

  it('in a batch of many small chunks that nothing follows neither', async () => {
    const webhook = await delivery.webhook(refusing(9, 3));
    for (const n of range(1, 10)) await webhook.append([n]);
    await untilTaken(webhook, without(range(1, 10), 9, 3));
    await untilAlone(webhook, [9, 3]);
    await end(webhook);
  });

  it('in each of several batches in a row that nothing follows neither', async () => {
    const poison = [5, 150, 299];
    const webhook = await delivery.webhook(refusing(...poison));
    for (const first of [1, 101, 201]) await webhook.append(range(first, first + 99));
    await untilTaken(webhook, without(range(1, 300), ...poison));
    await untilAlone(webhook, poison);
    await end(webhook);
  });

  it('in ten batches in a row is passed over; what follows them flows on', async () => {
    const poison = range(0, 9).map((batch) => batch * 100 + 50);
    const webhook = await delivery.webhook(refusing(...poison));
    for (const batch of range(0, 11)) await webhook.append(range(batch * 100 + 1, batch * 100 + 100));
    await untilTaken(webhook, without(range(1, 1_200), ...poison));
    await untilAlone(webhook, poison);
    await end(webhook);
  });

  it('in every batch there is does not stop the others', async () => {
    const poison = range(0, 20).map((n) => n * 19 + 10);
    const webhook = await delivery.webhook(refusing(...poison));
    for (const batch of range(0, 3)) await webhook.append(range(batch * 100 + 1, batch * 100 + 100));
    await untilTaken(webhook, without(range(1, 400), ...poison));
    await end(webhook);
  });

  it('is tried beside so few others an interval that any number of them does little harm', async () => {
    const poison = range(1, 3 * MAX_REFUSED_PARTS);
    const webhook = await delivery.webhook(refusing(...poison));
    await webhook.append([...poison, 100]);
    await untilTaken(webhook, [100]);
    await untilAlone(webhook, poison);
    const before = webhook.customer.requests.length;
    const started = Date.now();
    await webhook.customer.waitForRequests(before + 6 * MAX_REFUSED_PARTS);
    const intervals = (Date.now() - started) / INTERVAL_MS + 1;
    expect((webhook.customer.requests.length - before) / intervals).toBeLessThanOrEqual(MAX_REFUSED_PARTS);
    await end(webhook);
  });
});

describe('a target that refuses everything', () => {
  it('gets one POST an interval, and everything once it recovers', async () => {
    const webhook = await delivery.webhook(() => ({ status: 500 }));
    for (let first = 1; first <= 2_000; first += 100) await webhook.append(range(first, first + 99));
    const { requests } = webhook.customer;
    await waitUntil(() => requests.length >= 20, { what: '20 tries' });
    for (const [at, request] of requests.slice(5).entries()) {
      expect(request.at - (requests[at + 4]?.at ?? 0)).toBeGreaterThanOrEqual(INTERVAL_MS - 5);
    }
    webhook.customer.script([]);
    await untilTaken(webhook, range(1, 2_000));
    await waitUntil(async () => (await delivery.contents(webhook.id)).pending === null, {
      what: 'an empty backlog',
    });
  });

  it('is not flooded with single events afterwards, however long it refused them', async () => {
    const webhook = await delivery.webhook(() => ({ status: 500 }));
    await webhook.append(range(1, 100));
    await webhook.append(range(101, 200));
    await webhook.customer.waitForRequests(4 * MAX_PROBE_SKIP + 10);
    const parts = async () => (await delivery.contents(webhook.id)).units.length;
    const made = await parts();
    await webhook.customer.waitForRequests(4 * MAX_PROBE_SKIP + 30);
    expect(await parts()).toBe(made);
    expect(made).toBeLessThan(80);
    webhook.customer.script([]);
    await untilTaken(webhook, range(1, 200));
  });
});
