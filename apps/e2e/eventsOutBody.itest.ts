import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { VERSION } from '#libs/runtime/version.ts';
import type { Customer, ReceivedEvent } from '#libs/testing/customer.ts';
import { makeEvents } from '#libs/testing/fixtures.ts';
import type { WebhookFields } from './adminClient.ts';
import { metric, readMetrics } from './metrics.ts';
import { numbered, numbersOf, range } from './numbered.ts';
import { type Platform, startPlatform, withPlatform } from './platform.ts';

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

function sizes({ requests }: Customer): number[] {
  return requests.map(({ body }) => (body as ReceivedEvent[]).length);
}

describe('Events out (contract §3): the body', () => {
  it('is a JSON array of 1 to 100 events', async () => {
    const customer = await platform.customer();
    const { match } = await platform.activated({ customer });
    await platform.queues.events('open').add('open', numbered(1, match)[0]);
    await customer.waitForAccepted(1);
    await platform.queues.events('open').add('open', { events: numbered(250, { ...match, first: 2 }) });
    expect(numbersOf(await customer.waitForAccepted(251))).toEqual(range(1, 251));
    expect(sizes(customer)).toEqual([1, 100, 100, 50]);
  });

  it.each([1, 60])('never holds more than 100, also when they come in jobs of %i', async (size) => {
    const allWait = Promise.withResolvers<void>();
    const customer = await platform.customer((_request, index) =>
      index > 0 ? {} : allWait.promise.then(() => ({})),
    );
    const { match } = await platform.activated({ customer });
    for (let first = 1; first <= 20 * size; first += size) {
      await platform.queues.events('open').add('open', { events: numbered(size, { ...match, first }) });
      await platform.queues.routed('open');
    }
    allWait.resolve();
    expect(numbersOf(await customer.waitForAccepted(20 * size))).toEqual(range(1, 20 * size));
    expect(Math.max(...sizes(customer))).toBeLessThanOrEqual(100);
  });

  it('holds the events of one webhook', async () => {
    const customer = await platform.customer();
    const webhooks = [await platform.activated({ customer }), await platform.activated({ customer })];
    const events = webhooks.flatMap(({ match }) => makeEvents(20, match));
    await platform.queues.events('open').add('open', { events: events.sort(() => Math.random() - 0.5) });
    await customer.waitForAccepted(40);
    const clientsOf = (body: unknown) => new Set((body as ReceivedEvent[]).map(({ clientId }) => clientId));
    for (const { body } of customer.requests) expect(clientsOf(body).size).toBe(1);
  });

  it('has at most BATCH_SIZE events', () =>
    withPlatform({ BATCH_SIZE: '7' }, async (small) => {
      const customer = await small.customer();
      const { match } = await small.activated({ customer });
      await small.queues.events('open').add('open', { events: numbered(20, match) });
      expect(numbersOf(await customer.waitForAccepted(20))).toEqual(range(1, 20));
      expect(sizes(customer)).toEqual([7, 7, 6]);
    }));

  it('is counted: batches, events and what became of them', async () => {
    const before = await readMetrics(platform.workerPort);
    const customer = await platform.customer([{ status: 500 }]);
    const { match, id } = await platform.activated({ customer, type: 'bounce' });
    await platform.publisher.publish(makeEvents(30, match));
    await customer.waitForAccepted(30);
    await platform.queues.idle('bounce', id);
    const after = await readMetrics(platform.workerPort);
    const counted = (name: string, labels = {}) => metric(after, name, labels) - metric(before, name, labels);
    expect({
      received: counted('postrider_events_received_total', { type: 'bounce' }),
      delivered: counted('postrider_events_delivered_total', { type: 'bounce' }),
      transmissions: {
        delivered: counted('postrider_transmissions_total', { outcome: 'delivered' }),
        failed: counted('postrider_transmissions_total', { outcome: 'failed' }),
      },
      batchEvents: counted('postrider_batch_events_sum'),
      ages: counted('postrider_event_age_seconds_count'),
    }).toEqual({
      received: 30,
      delivered: 30,
      transmissions: { delivered: 1, failed: 1 },
      batchEvents: 60,
      ages: 30,
    });
  });
});

describe('Events out (contract §3): the headers', () => {
  /** The headers of one delivery; those of the connection itself left out. */
  async function deliveredHeaders(authentication?: WebhookFields['authentication']) {
    const customer = await platform.customer();
    const { match } = await platform.activated({ customer, ...(authentication && { authentication }) });
    await platform.publisher.publish(makeEvents(1, match));
    const [request] = await customer.waitForRequests(1);
    const { host, connection, 'content-length': length, ...headers } = request?.headers ?? {};
    expect({ method: request?.method, path: request?.path, host }).toEqual({
      method: 'POST',
      path: '/events',
      host: `127.0.0.1:${customer.port}`,
    });
    expect(Number(length)).toBe(Buffer.byteLength(request?.rawBody ?? ''));
    return headers;
  }

  const ALWAYS = { 'content-type': 'application/json; charset=utf-8', 'user-agent': `Postrider/${VERSION}` };

  it('are Content-Type and User-Agent', async () => {
    expect(await deliveredHeaders()).toEqual(ALWAYS);
  });

  it.each([
    ['anna', 'secret'],
    ['änne@firma.example', 'pässwörd: mit 漢字 und "€"'],
    ['only-a-name', ''],
  ])('Authorization: Basic for basicAuth, in UTF-8: %s', async (userName, password) => {
    const headers = await deliveredHeaders({ type: 'basicAuth', userName, password });
    const { authorization = '', ...others } = headers;
    expect(others).toEqual(ALWAYS);
    expect(authorization.startsWith('Basic ')).toBe(true);
    expect(Buffer.from(authorization.slice(6), 'base64').toString('utf8')).toBe(`${userName}:${password}`);
  });

  it.each([
    ['X-Api-Key', 'open sesame'],
    ['Authorization', 'Bearer eyJhbGciOiJub25lIn0.e30.'],
    ['x_odd!#$header~', 'Schlüssel 鍵 €'],
  ])('the given header for keyAuth, in UTF-8: %s', async (key, passphrase) => {
    const headers = await deliveredHeaders({ type: 'keyAuth', key, passphrase });
    const { [key.toLowerCase()]: value, ...others } = headers;
    expect(others).toEqual(ALWAYS);
    // Node gives a header's bytes as Latin-1.
    expect(Buffer.from(String(value), 'latin1').toString('utf8')).toBe(passphrase);
  });
});
