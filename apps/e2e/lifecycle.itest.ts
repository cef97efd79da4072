import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Customer } from '#libs/testing/customer.ts';
import { makeEvent } from '#libs/testing/fixtures.ts';
import type { AdminClient } from './adminClient.ts';
import { metric, readMetrics } from './metrics.ts';
import { numbered, numbersOf, range } from './numbered.ts';
import { type ActivatedWebhook, type Platform, startPlatform, withPlatform } from './platform.ts';

const ROUNDS = 40;

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

async function add({ match }: ActivatedWebhook, ...numbers: readonly number[]): Promise<void> {
  const events = numbers.map((n) => makeEvent({ ...match, n }));
  await platform.queues.events(match.type).add(match.type, { events });
}

async function delivered({ type, id }: ActivatedWebhook, customer: Customer): Promise<unknown[]> {
  await platform.queues.idle(type, id);
  return numbersOf(customer.acceptedEvents());
}

describe('A webhook that is not activated (contract §3)', () => {
  it('collects nothing while it has never been activated', async () => {
    const customer = await platform.customer();
    const neighbour = await platform.activated({ customer });
    const { clientId, match } = neighbour;
    const other = await platform.customer();
    const webhook = await platform.api.create(clientId, { type: 'open', targetUrl: other.url });
    await add(neighbour, 1);
    await customer.waitForAccepted(1);
    await platform.api.activate(webhook);
    await add(neighbour, 2);
    expect(numbersOf(await other.waitForAccepted(1))).toEqual([2]);
    expect(await delivered({ ...webhook, match, type: 'open' }, other)).toEqual([2]);
  });

  it('deactivating stops the POSTs at once: at most the batch in flight finishes', async () => {
    const customer = await platform.customer(() => ({ delayMs: 30 }));
    const webhook = await platform.activated({ customer });
    await platform.publisher.publish(numbered(4_000, webhook.match));
    await customer.waitForRequests(3);
    await platform.api.deactivate(webhook);
    const stopped = customer.requests.length;
    await platform.queues.idle('open', webhook.id);
    expect(customer.requests.length).toBeLessThanOrEqual(stopped + 1);
    expect(customer.requests.length).toBeLessThan(40);
  });

  it('also between two tries', async () => {
    const customer = await platform.customer(() => ({ status: 500 }));
    const webhook = await platform.activated({ customer });
    await add(webhook, 1, 2, 3);
    await customer.waitForRequests(3);
    await platform.api.deactivate(webhook);
    const stopped = customer.requests.length;
    await platform.queues.idle('open', webhook.id);
    // A try that had begun may still arrive.
    expect(customer.requests.length).toBeLessThanOrEqual(stopped + 1);
  });

  it('what is pending waits for a reactivation, and then goes out at once', () =>
    withPlatform({ RETRY_INTERVAL_MS: '3600000' }, async (slow) => {
      const customer = await slow.customer([{ status: 500 }]);
      const { match, ...webhook } = await slow.activated({ customer });
      await slow.publisher.publish(numbered(250, match));
      await customer.waitForRequests(1);
      await slow.api.deactivate(webhook);
      expect(metric(await readMetrics(slow.workerPort), 'postrider_pending_events')).toBe(250);
      await slow.api.activate(webhook);
      const events = await customer.waitForAccepted(250);
      expect(numbersOf(events)).toEqual(range(1, 250));
      expect(events.map(({ attempt }) => attempt)).toEqual([...Array(100).fill(2), ...Array(150).fill(1)]);
    }));

  it('deactivated and activated again, it has lost nothing of what it had and collected nothing in between', async () => {
    const customer = await platform.customer(() => ({ status: 500 }));
    const webhook = await platform.activated({ customer });
    await add(webhook, 1, 2);
    await customer.waitForRequests(1);
    await platform.api.deactivate(webhook);
    await add(webhook, 3, 4);
    await platform.queues.routed('open');
    customer.script([]);
    await platform.api.activate(webhook);
    await add(webhook, 5);
    expect(numbersOf(await customer.waitForAccepted(3))).toEqual([1, 2, 5]);
    expect(await delivered(webhook, customer)).toEqual([1, 2, 5]);
  });

  /** Adds an event right after each answer to activate and to deactivate, many times, through all of `apis`. */
  async function toAndFro(apis: readonly AdminClient[]): Promise<void> {
    const customer = await platform.customer();
    const webhook = await platform.activated({ customer });
    for (const round of range(1, ROUNDS)) {
      const api = apis[round % apis.length] ?? platform.api;
      await add(webhook, round);
      await customer.waitForAccepted(round);
      await api.deactivate(webhook);
      await add(webhook, -round);
      await platform.queues.routed('open');
      await api.activate(webhook);
    }
    expect(await delivered(webhook, customer)).toEqual(range(1, ROUNDS));
  }

  it('an event added right after the answer to activate is always delivered, right after deactivate never', () =>
    toAndFro([platform.api]));

  it('also with two workers and two APIs', () => {
    const sharing = {
      DATABASE_URL: platform.config.databaseUrl,
      QUEUE_PREFIX: platform.config.queuePrefix,
      ENCRYPTION_KEY: platform.config.encryptionKeys[0].toString('base64'),
    };
    return withPlatform(sharing, (second) => toAndFro([platform.api, second.api]));
  });
});
