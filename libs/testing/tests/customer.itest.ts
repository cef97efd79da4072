import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Customer, redirectTo, startCustomer } from '../customer.ts';
import { makeEvent } from '../fixtures.ts';

describe('the test customer', () => {
  let customer: Customer;
  beforeEach(async () => {
    customer = await startCustomer();
  });
  afterEach(() => customer.close());

  const post = (body: unknown) =>
    fetch(customer.url, {
      method: 'POST',
      body: JSON.stringify(body),
      redirect: 'manual',
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(2_000),
    });

  it('records what comes and counts only what it answered with 200 as accepted', async () => {
    customer.script([{ status: 500, body: 'broken' }, redirectTo('http://127.0.0.1:1/')]);
    const event = makeEvent({ type: 'click' });
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await post([event])).status);
    expect(statuses).toEqual([500, 302, 200]);
    expect(customer.requests.map(({ method, path, body }) => ({ method, path, body }))).toEqual(
      Array(3).fill({ method: 'POST', path: '/events', body: [event] }),
    );
    expect(await customer.waitForAccepted(1)).toEqual([event]);
  });

  it('hangs and resets when it is told to', async () => {
    customer.script([{ instead: 'reset' }, { instead: 'hang' }]);
    await expect(post([])).rejects.toThrow('fetch failed');
    await expect(post([])).rejects.toThrow('timeout');
    expect(customer.acceptedEvents()).toEqual([]);
  });

  it('answers by a function of the request', async () => {
    customer.script(({ body }, index) => ({ status: 200 + index, body: JSON.stringify(body) }));
    expect(await (await post(['a'])).json()).toEqual(['a']);
    expect((await post(['b'])).status).toBe(201);
  });
});
