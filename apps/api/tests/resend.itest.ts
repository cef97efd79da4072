import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CLIENT, CLIENT_ID } from './apiFixture.ts';
import { ContractClient, expectFields, expectProblem } from './contractClient.ts';

const FROM = '2026-03-01T12:00:00Z';
const TO = '2026-03-02T12:00:00+01:00';

let contract: ContractClient;
beforeAll(async () => {
  contract = await ContractClient.start();
});
afterAll(() => contract.stop());

async function activated() {
  contract.clientId += 1;
  const webhook = await contract.create({ targetUrl: contract.customer.url });
  await contract.perform('activate', webhook);
  return webhook;
}

describe('resend', () => {
  it.each([
    [{ from: FROM, to: TO }],
    [{ from: FROM, to: TO, outcome: 'delivered' }],
    [{ eventIds: ['a', '7'], outcome: 'discarded' }],
    [{ from: FROM, to: TO, cursor: '20-999' }],
  ])('→ 202 for %j, though nothing is kept', async (json) => {
    const answer = await contract.perform('resend', await activated(), { json });
    expect(answer).toMatchObject({ status: 202, body: { events: 0 } });
    expect(Object.keys(answer.body)).toEqual(['events']);
  });

  it('takes a form as well', async () => {
    const webhook = await activated();
    for (const form of [{ from: FROM, to: TO }, { eventIds: 'a' }]) {
      const answer = await contract.perform('resend', webhook, { form, json: undefined });
      expect(answer).toMatchObject({ status: 202, body: { events: 0 } });
    }
  });

  it.each([
    [{}, ['eventIds']],
    [{ from: FROM }, ['to']],
    [{ to: TO }, ['to', 'eventIds']],
    [{ from: FROM, to: TO, eventIds: ['a'] }, ['eventIds']],
    [{ eventIds: [] }, ['eventIds']],
    [{ eventIds: [7] }, ['eventIds.0']],
    [{ eventIds: Array.from({ length: 1001 }, (_, n) => `${n}`) }, ['eventIds']],
    [{ from: '2026-03-01', to: 'tomorrow' }, ['from', 'to']],
    [{ from: TO, to: FROM }, ['from']],
    [{ from: FROM, to: TO, outcome: 'failed' }, ['outcome']],
    [{ from: FROM, to: TO, cursor: '7' }, ['cursor']],
    [{ from: FROM, to: TO, force: true }, ['force']],
  ])('→ 400 for %j', async (json, fields) => {
    expectFields(await contract.perform('resend', await activated(), { json }), fields);
  });

  it('→ 400 unless the webhook is activated', async () => {
    const webhook = await contract.ready('get');
    expectProblem(await contract.perform('resend', webhook), 'wrong-status');
    await contract.perform('activate', webhook);
    expect(await contract.perform('resend', webhook)).toMatchObject({ status: 202 });
    await contract.perform('deactivate', webhook);
    expectProblem(await contract.perform('resend', webhook), 'wrong-status');
    const { body } = await contract.perform('audit', webhook);
    expect(body.items.map(({ action }: { action: string }) => action)).toEqual([
      'deactivated',
      'resent',
      'activated',
      'created',
    ]);
  });

  it('is in the audit log, with what was asked for', async () => {
    contract.clientId = CLIENT_ID;
    const webhook = await contract.create({ targetUrl: contract.customer.url });
    await contract.perform('activate', webhook);
    await contract.perform('resend', webhook, { auth: CLIENT, json: { from: FROM, to: TO } });
    await contract.perform('resend', webhook, { json: { eventIds: ['a', 'b'], outcome: 'discarded' } });
    const { body } = await contract.perform('audit', webhook);
    expect(body.items.slice(0, 2)).toMatchObject([
      {
        action: 'resent',
        user: 'operator',
        changes: [
          { field: 'eventIds', to: 2 },
          { field: 'outcome', to: 'discarded' },
        ],
      },
      {
        action: 'resent',
        user: 'anna',
        changes: [
          { field: 'from', to: FROM },
          { field: 'to', to: TO },
        ],
      },
    ]);
  });
});

describe('discarded', () => {
  it('→ 200, an empty page when nothing is kept', async () => {
    const webhook = await activated();
    const answer = await contract.perform('discarded', webhook);
    expect(answer).toMatchObject({ status: 200, body: { items: [], nextCursor: null } });
  });

  it.each(['limit=0', 'limit=1001', 'cursor=x', 'from=now', 'to=2026'])('→ 400 for ?%s', async (query) => {
    const webhook = await activated();
    const path = `/rest/${contract.clientId}/webhooks/${webhook.id}/discarded?${query}`;
    expectFields(await contract.perform('discarded', webhook, { path }), [query.split('=')[0] ?? '']);
  });
});
