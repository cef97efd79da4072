import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FaultyProxy } from '#libs/store/tests/faultyProxy.ts';
import type { Customer } from '#libs/testing/customer.ts';
import { makeEvent, makeEvents } from '#libs/testing/fixtures.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { type Answer, send } from '../api/tests/httpClient.ts';
import { findIn, readMysql } from './everythingWritten.ts';
import { metric, readMetrics } from './metrics.ts';
import { type ActivatedWebhook, type Platform, startPlatform, withPlatform } from './platform.ts';
import { migratedSettings, OPERATOR } from './settings.ts';

type Item = Answer['body'];

async function ask(platform: Platform, webhook: ActivatedWebhook, what: string): Promise<Item> {
  const path = `/rest/${webhook.clientId}/webhooks/${webhook.id}/${what}`;
  const answer = await send(platform.apiPort, { method: 'GET', path, auth: OPERATOR });
  if (answer.status !== 200) throw new Error(`${path}: ${answer.text}`);
  return answer.body;
}

const deliveries = async (platform: Platform, webhook: ActivatedWebhook, query = ''): Promise<Item[]> =>
  (await ask(platform, webhook, `deliveries?limit=1000${query}`)).items;

async function resend(platform: Platform, webhook: ActivatedWebhook, json: object): Promise<number> {
  const path = `/rest/${webhook.clientId}/webhooks/${webhook.id}/resend`;
  const answer = await send(platform.apiPort, { method: 'POST', path, auth: OPERATOR, json });
  return answer.body.events;
}

/** What was counted, in all hours together: a test may run over the end of one. */
async function counts(platform: Platform, webhook: ActivatedWebhook) {
  const { intervals } = await ask(platform, webhook, 'statistics');
  const sum = (name: string) => intervals.reduce((all: number, each: Item) => all + each[name], 0);
  return {
    received: sum('received'),
    delivered: sum('delivered'),
    failed: sum('failed'),
    discarded: sum('discarded'),
  };
}

/** Every request of the customer is in the log. */
async function logged(platform: Platform, webhook: ActivatedWebhook, customer: Customer): Promise<Item[]> {
  return waitUntil(
    async () => {
      const items = await deliveries(platform, webhook);
      return items.length >= customer.requests.length && items;
    },
    { what: 'the log of all requests' },
  );
}

describe('the delivery log', () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await startPlatform({ EVENT_TTL_MS: '3000' });
  });
  afterAll(() => platform.stop());

  it('has a row for each POST, which agrees with what the customer got and answered', async () => {
    const answers = [{ status: 503, body: 'later' }, { status: 500 }, { body: 'thanks' }];
    const customer = await platform.customer(answers);
    const webhook = await platform.activated({ customer });
    await platform.publisher.publish(makeEvents(250, webhook.match));
    await customer.waitForAccepted(250);
    await platform.queues.idle('open', webhook.id);
    const items = await logged(platform, webhook, customer);
    const told = items.map(({ httpStatusCode, outcome, error, events, responseBody }) => {
      return { httpStatusCode, outcome, error, events, responseBody };
    });
    const got = customer.requests.map(({ answer, body }) => {
      const { status = 200, body: responseBody = '' } = answer;
      const [outcome, error] = status === 200 ? ['delivered', null] : ['failed', 'status'];
      return { httpStatusCode: status, outcome, error, events: (body as []).length, responseBody };
    });
    const order = (all: object[]) => all.map((each) => JSON.stringify(each)).toSorted();
    expect(order(told)).toEqual(order(got));
    expect(items[0]).toMatchObject({ outcome: 'delivered', attemptMin: 1 });
    const times = items.map(({ at }) => Date.parse(at));
    expect(times).toEqual(times.toSorted((a, b) => b - a));
  });

  it('says where an event is, by its id, mailId or recipientId', async () => {
    const customer = await platform.customer([{ status: 500 }]);
    const webhook = await platform.activated({ customer });
    const recipientId = 'anna.berg+news@example.com';
    const event = makeEvent({ ...webhook.match, mailId: 'MAIL-OF-ANNA', recipientId });
    await platform.publisher.publish([event, ...makeEvents(149, webhook.match)]);
    await customer.waitForAccepted(150);
    await logged(platform, webhook, customer);
    const carried = customer.requests
      .filter(({ body }) => (body as { id: string }[]).some(({ id }) => id === event.id))
      .map(({ answer }) => answer.status ?? 200);
    expect(carried).toEqual([500, 200]);
    for (const search of [event.id, 'MAIL-OF-ANNA', recipientId]) {
      const query = `&search=${encodeURIComponent(String(search))}`;
      const found = await deliveries(platform, webhook, query);
      expect(found.map(({ httpStatusCode }) => httpStatusCode)).toEqual([200, 500]);
      expect(await deliveries(platform, webhook, `${query}&outcome=failed`)).toHaveLength(1);
    }
    expect(await deliveries(platform, webhook, '&search=somebody@example.com')).toEqual([]);
  });

  it('has no recipient in the clear, not even where the customer sends it back', async () => {
    const recipientId = 'in.the.clear.q9@example.com';
    const customer = await platform.customer((_request, index) => ({
      status: index === 0 ? 400 : 200,
      body: `no such user: ${recipientId}`,
    }));
    const webhook = await platform.activated({ customer });
    await platform.publisher.publish(makeEvents(3, { ...webhook.match, recipientId }));
    await customer.waitForAccepted(3);
    const items = await logged(platform, webhook, customer);
    expect(items[0].responseBody).toContain(recipientId);
    const written = await readMysql(platform.config.databaseUrl);
    expect(written.get('delivery')?.length).toBeGreaterThan(100);
    expect(findIn(written, [recipientId])).toEqual([]);
  });

  it('counts to the event: what came in went out, was discarded, or waits', async () => {
    let open = false;
    const customer = await platform.customer(() => ({ status: open ? 200 : 503 }));
    const webhook = await platform.activated({ customer, type: 'click' });
    const old = Date.now() - 2_000;
    await platform.publisher.publish(makeEvents(40, { ...webhook.match, created: old }));
    await waitUntil(async () => (await counts(platform, webhook)).discarded === 40, {
      what: 'discarded events',
    });
    await platform.publisher.publish(makeEvents(120, webhook.match));
    await customer.waitForRequests(customer.requests.length + 2);
    const { pending, oldestPending, nextTry, lastError } = await ask(platform, webhook, 'statistics');
    expect({ pending, lastError }).toEqual({ pending: 120, lastError: 'status 503' });
    expect(Date.parse(oldestPending)).toBeGreaterThan(old);
    expect(Math.abs(Date.parse(nextTry) - Date.now())).toBeLessThan(5_000);
    open = true;
    await customer.waitForAccepted(120);
    await platform.queues.idle('click', webhook.id);
    const items = await logged(platform, webhook, customer);
    await waitUntil(async () => (await counts(platform, webhook)).delivered === 120, { what: 'counts' });
    const failed = items.filter(({ outcome }) => outcome === 'failed');
    expect(await counts(platform, webhook)).toEqual({
      received: 160,
      delivered: 120,
      failed: failed.reduce((sum, { events }) => sum + events, 0),
      discarded: 40,
    });
    const resent = () =>
      resend(platform, webhook, { from: new Date(old).toISOString(), to: new Date().toISOString() });
    await waitUntil(async () => (await resent()) === 40, { what: 'discarded events that are kept' });
    await customer.waitForAccepted(160);
    await waitUntil(async () => (await counts(platform, webhook)).delivered === 160, { what: 'counts' });
    expect(await counts(platform, webhook)).toMatchObject({ received: 200, delivered: 160, discarded: 40 });
    const after = await ask(platform, webhook, 'statistics');
    expect(after).toMatchObject({ pending: 0, oldestPending: null, nextTry: null });
    expect(Date.parse(after.lastSuccess)).toBeGreaterThan(old);
    const metrics = await readMetrics(platform.workerPort);
    expect(metric(metrics, 'postrider_events_delivered_total', { type: 'click' })).toBe(160);
    expect(metric(metrics, 'postrider_delivery_log_dropped_total')).toBe(0);
  });
});

describe('the delivery log of a worker that stops', () => {
  it('is whole: its last rows and counts are written on the way', async () => {
    const settings = await migratedSettings();
    const first = await startPlatform(settings);
    const customer = await first.customer();
    const webhook = await first.activated({ customer });
    await first.publisher.publish(makeEvents(300, webhook.match));
    await customer.waitForAccepted(300);
    await first.stop();
    await withPlatform(settings, async (second) => {
      expect(await counts(second, webhook)).toMatchObject({ received: 300, delivered: 300 });
      const items = await deliveries(second, webhook);
      expect(items.reduce((sum, { events }) => sum + events, 0)).toBe(300);
    });
  });
});

describe('while MySQL is away', () => {
  it('deliveries go on, each event once, and are logged when it is back', async () => {
    const settings = await migratedSettings();
    const mysql = await FaultyProxy.inFrontOf(settings.DATABASE_URL, 3306);
    await withPlatform({ ...settings, DATABASE_URL: mysql.url }, async (platform) => {
      const customer = await platform.customer();
      const webhook = await platform.activated({ customer });
      await platform.publisher.publish(makeEvents(10, webhook.match));
      await customer.waitForAccepted(10);
      for (const trouble of ['cut', 'hang'] as const) {
        await mysql[trouble]();
        const before = customer.acceptedEvents().length;
        await platform.publisher.publish(makeEvents(200, webhook.match));
        await customer.waitForAccepted(before + 200);
        await mysql.pass();
      }
      await platform.queues.idle('open', webhook.id);
      expect(new Set(customer.acceptedEvents().map(({ id }) => id)).size).toBe(410);
      expect(customer.acceptedEvents()).toHaveLength(410);
      await logged(platform, webhook, customer);
      await waitUntil(async () => (await counts(platform, webhook)).delivered === 410, { what: 'counts' });
      expect(await counts(platform, webhook)).toMatchObject({ received: 410, failed: 0, discarded: 0 });
      expect(await deliveries(platform, webhook)).toHaveLength(customer.requests.length);
    });
    await mysql.cut();
  });
});

describe('with DELIVERY_LOG_DAYS=0', () => {
  it('nothing is logged', async () => {
    await withPlatform({ DELIVERY_LOG_DAYS: '0' }, async (platform) => {
      const customer = await platform.customer();
      const webhook = await platform.activated({ customer });
      await platform.publisher.publish(makeEvents(10, webhook.match));
      await customer.waitForAccepted(10);
      expect(await deliveries(platform, webhook)).toEqual([]);
      expect(await counts(platform, webhook)).toMatchObject({ received: 0, delivered: 0 });
      expect(await ask(platform, webhook, 'statistics')).toMatchObject({ pending: 0 });
      const written = await readMysql(platform.config.databaseUrl);
      expect(written.get('webhook_statistics')).toHaveLength(0);
    });
  });
});
