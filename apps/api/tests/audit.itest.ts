import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '#libs/store/database.ts';
import { CLIENT, CLIENT_ID } from './apiFixture.ts';
import { ContractClient, expectFields, expectProblem, FIELDS, type Webhook } from './contractClient.ts';

let contract: ContractClient;

beforeAll(async () => {
  contract = await ContractClient.start({ WEBHOOKS_PER_CLIENT: '50', TRUSTED_PROXIES: '127.0.0.1' });
});

afterAll(() => contract.stop());

/** Everything that can be done to a webhook, by two users at two addresses. */
async function live(): Promise<Webhook> {
  contract.clientId = CLIENT_ID;
  const anna = { auth: CLIENT, headers: { 'X-Forwarded-For': '203.0.113.7' } };
  const secret = { type: 'basicAuth', userName: 'user', password: 'audit-secret-1' };
  const create = { ...anna, json: { ...FIELDS, authentication: secret } };
  const webhook = (await contract.perform('create', {}, create)).body;
  const authentication = { type: 'keyAuth', key: 'X-Key', passphrase: 'audit-secret-2' };
  const json = { ...FIELDS, type: 'click', authentication };
  await contract.perform('update', webhook, { headers: { 'X-Forwarded-For': '2001:db8::7' }, json });
  await contract.perform('activate', webhook, anna);
  await contract.perform('activate', webhook, anna);
  await contract.perform('deactivate', webhook, anna);
  return webhook;
}

const NEWEST_FIRST = [
  {
    action: 'deactivated',
    user: 'anna',
    address: '203.0.113.7',
    changes: [{ field: 'status', from: 'activated', to: 'deactivated' }],
  },
  { action: 'activated', changes: [{ field: 'status', from: 'created', to: 'activated' }] },
  {
    action: 'updated',
    user: 'operator',
    address: '2001:db8::7',
    changes: [
      { field: 'type', from: 'open', to: 'click' },
      {
        field: 'authentication',
        from: { type: 'basicAuth', userName: 'user' },
        to: { type: 'keyAuth', key: 'X-Key' },
      },
      { field: 'authentication.passphrase' },
    ],
  },
  {
    action: 'created',
    user: 'anna',
    at: expect.stringMatching(/^\d{4}-.*Z$/),
    changes: [
      { field: 'type', to: 'open' },
      { field: 'status', to: 'created' },
      { field: 'format', to: 'json' },
      { field: 'targetUrl', to: FIELDS.targetUrl },
      { field: 'authentication', to: { type: 'basicAuth', userName: 'user' } },
      { field: 'authentication.password' },
    ],
  },
];

describe('the audit log of a webhook', () => {
  it('says who did what, when and from where, newest first, and never a secret', async () => {
    const webhook = await live();
    const answer = await contract.perform('audit', webhook, { auth: CLIENT });
    expect(answer).toMatchObject({ status: 200, body: { nextCursor: null } });
    expect(answer.body.items).toMatchObject(NEWEST_FIRST);
    expect(answer.text).not.toContain('audit-secret');
  });

  it('comes in pages', async () => {
    const webhook = await live();
    const page = async (query: string) => {
      const path = `/rest/${CLIENT_ID}/webhooks/${webhook.id}/audit?${query}`;
      return (await contract.perform('audit', webhook, { path })).body;
    };
    const first = await page('limit=3');
    expect(first.items).toMatchObject(NEWEST_FIRST.slice(0, 3));
    const second = await page(`limit=3&cursor=${first.nextCursor}`);
    expect(second).toMatchObject({ items: NEWEST_FIRST.slice(3), nextCursor: null });
    expect(await page('cursor=1')).toEqual({ items: [], nextCursor: null });
  });

  it.each(['limit=0', 'limit=1001', 'cursor=x', 'cursor=-1'])('→ 400 for ?%s', async (query) => {
    const path = `/rest/${CLIENT_ID}/webhooks/1/audit?${query}`;
    expectFields(await contract.perform('audit', { id: 1 }, { path }), [query.split('=')[0] ?? '']);
  });

  it('of a deleted webhook remains, for operators', async () => {
    const webhook = await live();
    await contract.perform('delete', webhook, { auth: CLIENT });
    expectProblem(await contract.perform('audit', webhook, { auth: CLIENT }), 'no-such-webhook');
    const { status, body } = await contract.perform('audit', webhook);
    expect(status).toBe(200);
    expect(body.items).toHaveLength(5);
    expect(body.items[0]).toMatchObject({ action: 'deleted', user: 'anna' });
    expect(body.items[0].changes).toContainEqual({ field: 'targetUrl', from: FIELDS.targetUrl });
    const other = await contract.perform('audit', { ...webhook, client: CLIENT_ID + 1 });
    expectProblem(other, 'foreign-webhook');
  });

  it('has an entry for every change, and a change for every entry: one transaction', async () => {
    contract.clientId = CLIENT_ID;
    const webhook = await contract.create();
    const database = new Database({ databaseUrl: contract.api.mysql.url });
    const rename = (from: string, to: string) =>
      database.run((manager) => manager.query(`RENAME TABLE ${from} TO ${to}`));
    await rename('audit_entry', 'audit_away');
    try {
      const path = `/rest/${CLIENT_ID}/webhooks`;
      const one = `${path}/${webhook.id}`;
      for (const call of [
        { method: 'POST', path, json: FIELDS },
        { method: 'PUT', path: one, json: { ...FIELDS, type: 'sent' } },
        { method: 'POST', path: `${one}/activate` },
        { method: 'DELETE', path: one },
      ]) {
        expectProblem(await contract.api.call(call), 'internal');
      }
    } finally {
      await rename('audit_away', 'audit_entry');
      await database.close();
    }
    expect((await contract.perform('get', webhook)).body).toEqual(webhook);
    expect((await contract.perform('audit', webhook)).body.items).toHaveLength(1);
  });
});
