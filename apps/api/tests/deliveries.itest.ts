import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ContractClient, expectFields, expectProblem, type Webhook } from './contractClient.ts';

const HOUR_MS = 3_600_000;

let contract: ContractClient;
let webhook: Webhook;

beforeAll(async () => {
  contract = await ContractClient.start();
  webhook = await contract.ready('deliveries');
});

afterAll(() => contract.stop());

function ask(operation: 'deliveries' | 'statistics', query: string) {
  const path = `/rest/${contract.clientId}/webhooks/${webhook.id}/${operation}?${query}`;
  return contract.perform(operation, webhook, { path });
}

describe('deliveries', () => {
  it('of a webhook that has sent nothing are none', async () => {
    const answer = await ask('deliveries', '');
    expect(answer).toMatchObject({ status: 200, body: { items: [], nextCursor: null } });
    const query =
      'outcome=failed&from=2026-03-01T12:00Z&to=2026-03-01T12:00:00.001%2B00:00&search=x&limit=1&cursor=9';
    expect(await ask('deliveries', query)).toMatchObject({ status: 200, body: { items: [] } });
    expect(await ask('deliveries', 'outcome=&from=&to=&search=&limit=&cursor=')).toMatchObject({
      status: 200,
    });
  });

  it.each([
    ['outcome=lost', ['outcome']],
    ['outcome=delivered&outcome=failed', ['outcome', 'outcome']],
    ['from=yesterday', ['from']],
    ['from=2026-03-01', ['from']],
    ['from=2026-03-01T12:00:00', ['from']],
    ['to=2026-13-01T12:00:00Z', ['to']],
    ['to=1772366400000', ['to']],
    [`search=${'x'.repeat(256)}`, ['search']],
    ['limit=0', ['limit']],
    ['limit=1001', ['limit']],
    ['cursor=x', ['cursor']],
    ['cursor=0&limit=x&outcome=x&to=x', ['outcome', 'to', 'limit', 'cursor']],
    ['from=2026-03-01T12:00:00Z&to=2026-03-01T12:00:00Z', ['from']],
  ])('→ 400 for ?%s', async (query, fields) => {
    const answer = await ask('deliveries', query);
    expect(answer.body.errors.map(({ field }: { field: string }) => field).toSorted()).toEqual(
      fields.toSorted(),
    );
    expectProblem(answer, 'invalid-request');
  });
});

describe('statistics', () => {
  it('have the last 24 hours unless asked for others, also those without anything', async () => {
    const { body } = await ask('statistics', '');
    expect(body).toMatchObject({
      pending: 0,
      oldestPending: null,
      nextTry: null,
      lastSuccess: null,
      lastError: null,
    });
    expect(body.intervals).toHaveLength(25);
    const starts = body.intervals.map(({ start }: { start: string }) => Date.parse(start));
    starts.forEach((start: number, index: number) => {
      expect(start % HOUR_MS).toBe(0);
      expect(start - starts[0]).toBe(index * HOUR_MS);
    });
    expect(Date.now() - starts[24]).toBeLessThan(HOUR_MS + 60_000);
    const nothing = { received: 0, delivered: 0, failed: 0, discarded: 0 };
    expect(body.intervals[7]).toMatchObject({ ...nothing, durationMsP50: null, durationMsP95: null });
  });

  it('have the hours of which a part was asked for', async () => {
    const hours = async (from: string, to: string) => {
      const { body } = await ask('statistics', `from=${from}&to=${to}`);
      return body.intervals.map(({ start }: { start: string }) => start.slice(11, 16));
    };
    expect(await hours('2026-03-01T12:00:00Z', '2026-03-01T14:00:00Z')).toEqual(['12:00', '13:00']);
    expect(await hours('2026-03-01T12:59:59Z', '2026-03-01T14:00:01Z')).toEqual(['12:00', '13:00', '14:00']);
    const { body } = await ask('statistics', 'to=2026-03-01T14:00:00Z');
    expect(body.intervals).toHaveLength(24);
    const month = await ask('statistics', 'from=2026-03-01T00:00:00Z&to=2026-04-01T00:00:00Z');
    expect(month.body.intervals).toHaveLength(31 * 24);
  });

  it.each([
    'from=2026-03-01T12:00:00Z&to=2026-03-01T12:00:00Z',
    'from=2026-03-01T00:00:00Z&to=2026-04-01T00:00:01Z',
    'from=2126-03-01T00:00:00Z',
    'from=x',
  ])('→ 400 for ?%s', async (query) => {
    expectFields(await ask('statistics', query), ['from']);
  });

  it('→ 503 while Redis, which knows what waits, is away', async () => {
    await contract.api.redis.cut();
    const answer = await ask('statistics', '');
    expectProblem(answer, 'unavailable');
    expect(answer.headers['retry-after']).toBe('5');
    expect((await ask('deliveries', '')).status).toBe(200);
    await contract.api.redis.pass();
  });
});
