import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Customer } from '#libs/testing/customer.ts';
import { makeEvent } from '#libs/testing/fixtures.ts';
import { numbered, numbersOf, range } from './numbered.ts';
import { type Platform, startPlatform } from './platform.ts';
import { newClientId } from './settings.ts';

/** So long that only a change by hand can be the reason for another try. */
const FOREVER_MS = 3_600_000;

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform({ RETRY_INTERVAL_MS: String(FOREVER_MS) });
});
afterAll(() => platform.stop());

describe('A change of a webhook (contract §3) applies to the next POST', () => {
  it('a changed target', async () => {
    const [before, after] = [await platform.customer([{ status: 500 }]), await platform.customer()];
    const { match, ...webhook } = await platform.activated({ customer: before });
    await platform.publisher.publish(numbered(150, match));
    await before.waitForRequests(1);
    await platform.api.update(webhook, { type: 'open', targetUrl: after.url });
    expect(numbersOf(await after.waitForAccepted(150))).toEqual(range(1, 150));
    expect(before.requests.length).toBe(1);
  });

  it('also in the middle of a long backlog', async () => {
    const before = await platform.customer(() => ({ delayMs: 20 }));
    const after = await platform.customer();
    const { match, ...webhook } = await platform.activated({ customer: before });
    await platform.publisher.publish(numbered(1_000, match));
    await platform.publisher.publish(numbered(1_000, { ...match, first: 1_001 }));
    await before.waitForRequests(2);
    await platform.api.update(webhook, { type: 'open', targetUrl: after.url });
    const answered = before.requests.length;
    await platform.queues.idle('open', webhook.id);
    expect(before.requests.length).toBeLessThanOrEqual(answered + 1);
    const all = [...before.acceptedEvents(), ...after.acceptedEvents()];
    expect(new Set(numbersOf(all))).toEqual(new Set(range(1, 2_000)));
    expect(all.length).toBe(2_000);
  });

  it('a changed password', async () => {
    const basic = (password: string) => ({ type: 'basicAuth', userName: 'anna', password }) as const;
    const right = `Basic ${Buffer.from('anna:right').toString('base64')}`;
    const customer = await platform.customer(({ headers }) => {
      return { status: headers.authorization === right ? 200 : 401 };
    });
    const { match, ...webhook } = await platform.activated({ customer, authentication: basic('wrong') });
    await platform.publisher.publish(makeEvent(match));
    await customer.waitForRequests(1);
    const targetUrl = customer.url;
    await platform.api.update(webhook, { type: 'open', targetUrl, authentication: basic('right') });
    expect(await customer.waitForAccepted(1)).toMatchObject([{ attempt: 2 }]);
  });

  it('from a password to a key, to none', async () => {
    const customer = await platform.customer();
    const { match, ...webhook } = await platform.activated({
      customer,
      authentication: { type: 'basicAuth', userName: 'anna', password: 'x' },
    });
    const fields = { type: 'open', targetUrl: customer.url };
    await platform.publisher.publish(makeEvent(match));
    await customer.waitForAccepted(1);
    await platform.api.update(webhook, {
      ...fields,
      authentication: { type: 'keyAuth', key: 'X-Key', passphrase: 'y' },
    });
    await platform.publisher.publish(makeEvent(match));
    await customer.waitForAccepted(2);
    await platform.api.update(webhook, { ...fields, authentication: { type: 'none' } });
    await platform.publisher.publish(makeEvent(match));
    await customer.waitForAccepted(3);
    const sent = customer.requests.map(({ headers }) => [headers.authorization, headers['x-key']]);
    expect(sent).toEqual([
      [`Basic ${btoa('anna:x')}`, undefined],
      [undefined, 'y'],
      [undefined, undefined],
    ]);
  });

  it('an authentication that is left out stays', async () => {
    const customer = await platform.customer();
    const authentication = { type: 'keyAuth', key: 'X-Key', passphrase: 'stays' } as const;
    const { match, ...webhook } = await platform.activated({ customer, authentication });
    await platform.api.update(webhook, { type: 'open', targetUrl: `${customer.url}/moved` });
    await platform.publisher.publish(makeEvent(match));
    await customer.waitForAccepted(1);
    expect(customer.requests[0]).toMatchObject({ path: '/events/moved', headers: { 'x-key': 'stays' } });
  });

  it('a changed type: from its answer on, the new type is collected and the old one is not', async () => {
    const customer = await platform.customer();
    const { match, ...webhook } = await platform.activated({ customer, type: 'open' });
    const { clientId } = webhook;
    await platform.queues.events('open').add('open', makeEvent({ ...match, n: 1 }));
    await customer.waitForAccepted(1);
    await platform.api.update(webhook, { type: 'click', targetUrl: customer.url });
    await platform.queues.events('open').add('open', makeEvent({ ...match, n: 2 }));
    await platform.queues.events('click').add('click', makeEvent({ type: 'click', clientId, n: 3 }));
    await customer.waitForAccepted(2);
    await platform.queues.idle('open', webhook.id);
    expect(numbersOf(customer.acceptedEvents())).toEqual([1, 3]);
  });
});

describe('Who gets what', () => {
  it('several webhooks for the same type and client each get everything', async () => {
    const clientId = newClientId();
    const customers: Customer[] = [];
    for (let count = 0; count < 5; count++) {
      const customer = await platform.customer();
      await platform.activated({ customer, clientId });
      customers.push(customer);
    }
    await platform.queues.events('open').add('open', { events: numbered(250, { clientId }) });
    for (const customer of customers) {
      expect(numbersOf(await customer.waitForAccepted(250))).toEqual(range(1, 250));
    }
  });

  it('a webhook whose target is down costs the others of its client nothing', async () => {
    const clientId = newClientId();
    const [dead, alive] = [await platform.customer(() => ({ instead: 'hang' })), await platform.customer()];
    await platform.activated({ customer: dead, clientId });
    await platform.activated({ customer: alive, clientId });
    await platform.queues.events('open').add('open', { events: numbered(250, { clientId }) });
    expect(numbersOf(await alive.waitForAccepted(250))).toEqual(range(1, 250));
    expect(dead.acceptedEvents()).toEqual([]);
  });

  it('a client gets its own events only, and a webhook those of its type', async () => {
    const [mine, theirs, clicks] = [
      await platform.customer(),
      await platform.customer(),
      await platform.customer(),
    ];
    const { clientId } = await platform.activated({ customer: mine });
    const other = await platform.activated({ customer: theirs });
    await platform.activated({ customer: clicks, clientId, type: 'click' });
    await platform.queues.events('open').add('open', { events: numbered(2, { clientId }) });
    await platform.queues.events('open').add('open', makeEvent({ ...other.match, n: 3 }));
    await platform.queues.events('click').add('click', makeEvent({ type: 'click', clientId, n: 4 }));
    await platform.queues.events('open').add('open', makeEvent({ clientId: newClientId(), n: 5 }));
    expect(numbersOf(await mine.waitForAccepted(2))).toEqual([1, 2]);
    expect(numbersOf(await theirs.waitForAccepted(1))).toEqual([3]);
    expect(numbersOf(await clicks.waitForAccepted(1))).toEqual([4]);
    await platform.queues.routed('open');
    for (const [customer, count] of [
      [mine, 2],
      [theirs, 1],
      [clicks, 1],
    ] as const) {
      expect(customer.acceptedEvents().length).toBe(count);
    }
  });
});
