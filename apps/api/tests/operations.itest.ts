import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENT_TYPES } from '#libs/domain/eventType.ts';
import {
  ContractClient,
  expectFields,
  expectProblem,
  FIELDS,
  ON_A_WEBHOOK,
  type Operation,
} from './contractClient.ts';

/** The contract's §1: each operation with the answers that only it has. */
let contract: ContractClient;

beforeAll(async () => {
  contract = await ContractClient.start();
});

afterAll(() => contract.stop());

describe('list', () => {
  it('→ 200, newest first, as an array', async () => {
    contract.clientId += 1;
    expect(await contract.perform('list', {})).toMatchObject({ status: 200, body: [] });
    const ids = [(await contract.create()).id, (await contract.create()).id, (await contract.create()).id];
    const { body } = await contract.perform('list', {});
    expect(body.map(({ id }: { id: number }) => id)).toEqual(ids.toReversed());
  });

  it('→ 200 by every sort name of the original, in both directions, in pages', async () => {
    contract.clientId += 1;
    const types = ['sent', 'click', 'open'];
    const ids: number[] = [];
    for (const type of types) ids.push((await contract.create({ type })).id);
    const [sent, click, open] = ids;
    const list = async (query: string) => {
      const { status, body } = await contract.perform(
        'list',
        {},
        { path: `/rest/${contract.clientId}/webhooks?${query}` },
      );
      expect(status).toBe(200);
      return body.map(({ id }: { id: number }) => id);
    };
    const likeId = [
      'ID',
      'MAILING_GROUP',
      'NAME',
      'TEMPLATE',
      'INTEGRATION_ID',
      'DATA',
      'CREATED',
      'MODIFIED',
    ];
    for (const sort of [...likeId, 'STATUS', 'PAYLOAD_FORMAT', 'TARGET_URL', 'AUTHENTICATION']) {
      expect(await list(`sort=${sort}&direction=ASC`)).toEqual(ids);
      expect(await list(`sort=${sort}`)).toEqual(ids.toReversed());
    }
    expect(await list('sort=TYPE&direction=ASC')).toEqual([click, open, sent]);
    expect(await list('direction=ASC&offset=1&limit=1')).toEqual([click]);
    expect(await list('offset=3')).toEqual([]);
    expect(await list('sort=&direction=&offset=&limit=&unknown=1')).toEqual(ids.toReversed());
  });

  it.each([
    ['sort=name', ['sort']],
    ['sort=ID&sort=TYPE', ['sort', 'sort']],
    ['direction=asc', ['direction']],
    ['offset=-1', ['offset']],
    ['offset=1.5', ['offset']],
    ['limit=0', ['limit']],
    ['limit=ten', ['limit']],
    ['limit=2147483648', ['limit']],
    ['sort=x&direction=x&offset=x&limit=x', ['sort', 'direction', 'offset', 'limit']],
  ])('→ 400 for ?%s', async (query, fields) => {
    expectFields(
      await contract.perform('list', {}, { path: `/rest/${contract.clientId}/webhooks?${query}` }),
      fields,
    );
  });

  it('→ 400 for a query that is not well-formed', async () => {
    const answer = await contract.perform(
      'list',
      {},
      { path: `/rest/${contract.clientId}/webhooks/%E0%A4%A` },
    );
    expectProblem(answer, 'malformed-request');
  });
});

describe('create', () => {
  const created = (fields: object = {}) => ({
    id: expect.any(Number),
    status: 'created',
    authentication: { type: 'none' },
    created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    modified: expect.stringMatching(/Z$/),
    ...FIELDS,
    ...fields,
  });

  it('→ 201 with the webhook and its location', async () => {
    contract.clientId += 1;
    const answer = await contract.perform('create', {});
    expect(answer).toMatchObject({ status: 201 });
    expect(answer.body).toEqual(created());
    const got = await contract.api.call({ method: 'GET', path: String(answer.headers.location) });
    expect(got).toMatchObject({ status: 200, body: answer.body });
  });

  it.each(EVENT_TYPES)('→ 201 for the type %s', async (type) => {
    contract.clientId += 1;
    expect(await contract.create({ type })).toEqual(created({ type }));
  });

  const basic = { type: 'basicAuth', userName: 'änna', password: 'p:ä 🔑' };
  const key = { type: 'keyAuth', key: 'Authorization', passphrase: 'Bearer xyz' };
  it.each([
    ['none', { type: 'none' }, { type: 'none' }],
    ['basicAuth', basic, { type: 'basicAuth', userName: 'änna' }],
    ['keyAuth', key, { type: 'keyAuth', key: 'Authorization' }],
  ])('→ 201 with %s, as JSON and as a form, and no secret in the answer', async (_type, given, shown) => {
    contract.clientId += 1;
    expect(await contract.create({ authentication: given })).toEqual(created({ authentication: shown }));
    const form = { ...FIELDS, authentication: JSON.stringify(given) };
    const answer = await contract.perform('create', {}, { form, json: undefined });
    expect(answer).toMatchObject({ status: 201, body: created({ authentication: shown }) });
    for (const secret of ['p:ä', 'xyz', 'password', 'passphrase']) expect(answer.text).not.toContain(secret);
  });

  it('→ 201 with the older pair, as JSON and as a form', async () => {
    contract.clientId += 1;
    const pair = { ...FIELDS, basicAuthUsername: 'anna', basicAuthPassword: 'secret' };
    const authentication = { type: 'basicAuth', userName: 'anna' };
    for (const content of [{ json: pair }, { form: pair, json: undefined }]) {
      expect((await contract.perform('create', {}, content)).body).toEqual(created({ authentication }));
    }
    const empty = { ...FIELDS, basicAuthUsername: '', basicAuthPassword: '', authentication: '' };
    expect((await contract.perform('create', {}, { form: empty, json: undefined })).body).toEqual(created());
  });

  it('→ 409 when the limit of the client is reached, until one is deleted', async () => {
    contract.clientId += 1;
    const { id } = await contract.create();
    await contract.create();
    await contract.create();
    expectProblem(await contract.perform('create', {}), 'limit-reached');
    await contract.perform('delete', { id });
    await contract.create();
  });

  it('→ 409 for all but the limit, however many come at once', async () => {
    contract.clientId += 1;
    const answers = await Promise.all(Array.from({ length: 9 }, () => contract.perform('create', {})));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, ...Array(6).fill(409)]);
  });
});

describe('get', () => {
  it('→ 200 with the webhook', async () => {
    const webhook = await contract.ready('get');
    expect(await contract.perform('get', webhook)).toMatchObject({ status: 200, body: webhook });
  });
});

describe('update', () => {
  it('→ 200, and a limit of requests a second stays until it is changed or removed', async () => {
    const { id, ...created } = await contract.ready('update', { maxRequestsPerSecond: 5 });
    expect(created).toMatchObject({ maxRequestsPerSecond: 5 });
    const update = async (fields: object) => {
      const { body } = await contract.perform('update', { id }, { json: { ...FIELDS, ...fields } });
      return body.maxRequestsPerSecond;
    };
    expect(await update({})).toBe(5);
    expect(await update({ maxRequestsPerSecond: 1000 })).toBe(1000);
    expect(await update({ maxRequestsPerSecond: null })).toBeUndefined();
    expect(await update({})).toBeUndefined();
  });

  it('→ 200 with the webhook, its authentication kept when it is left out', async () => {
    const authentication = { type: 'basicAuth', userName: 'anna', password: 'secret' };
    const webhook = await contract.ready('update', { authentication });
    const json = { ...FIELDS, targetUrl: contract.customer.url, type: 'click' };
    const answer = await contract.perform('update', webhook, { json });
    const { modified, ...rest } = webhook;
    expect(answer).toMatchObject({ status: 200, body: { ...rest, type: 'click' } });
    expect(Date.parse(answer.body.modified)).toBeGreaterThanOrEqual(Date.parse(modified));
    await contract.perform('verify', webhook);
    const header = `Basic ${Buffer.from('anna:secret').toString('base64')}`;
    expect(contract.customer.requests.at(-1)?.headers.authorization).toBe(header);
  });

  it('→ 200 for the webhook as it was read', async () => {
    const webhook = await contract.ready('update');
    const { modified: _, ...rest } = webhook;
    expect(await contract.perform('update', webhook, { json: webhook })).toMatchObject({
      status: 200,
      body: rest,
    });
  });

  it('→ 200 with another authentication, or none', async () => {
    const webhook = await contract.ready('update', {
      authentication: { type: 'basicAuth', userName: 'a', password: 'b' },
    });
    const keyAuth = { type: 'keyAuth', key: 'X-Key', passphrase: 'c' };
    const form = { ...FIELDS, authentication: JSON.stringify(keyAuth) };
    const answer = await contract.perform('update', webhook, { form, json: undefined });
    expect(answer.body.authentication).toEqual({ type: 'keyAuth', key: 'X-Key' });
    const none = await contract.perform('update', webhook, {
      json: { ...FIELDS, authentication: { type: 'none' } },
    });
    expect(none.body.authentication).toEqual({ type: 'none' });
  });
});

describe('verify', () => {
  it.each(['verify', 'verify (POST)'] as const)(
    '%s → 200 with what the target answered',
    async (operation) => {
      contract.customer.script([{ status: 503, body: 'not now' }]);
      const { id } = await contract.ready(operation, {
        authentication: { type: 'keyAuth', key: 'X-Key', passphrase: 'öpen' },
      });
      const before = Date.now();
      const path = `/rest/${contract.clientId}/webhooks/${id}/verify?mailingId=4711&numberOfEvents=100`;
      const answer = await contract.perform(operation, { id }, { path });
      const targetUrl = contract.customer.url;
      const verification = {
        id,
        httpStatusCode: 503,
        responseBody: 'not now',
        numberOfEvents: 100,
        targetUrl,
      };
      expect(answer).toMatchObject({ status: 200, body: [verification] });
      const request = contract.customer.requests.at(-1);
      const events = request?.body as Record<string, unknown>[];
      expect(events).toHaveLength(100);
      for (const event of events) {
        expect(event).toMatchObject({
          type: 'open',
          clientId: contract.clientId,
          mailingId: 4711,
          attempt: 1,
        });
        expect(event.created).toBeGreaterThanOrEqual(before);
      }
      expect(new Set(events.map(({ mailId }) => mailId)).size).toBe(100);
      expect(Buffer.from(String(request?.headers['x-key']), 'latin1').toString()).toBe('öpen');
      expect(request?.headers['content-type']).toBe('application/json; charset=utf-8');
    },
  );

  it('takes the parameters of a POST from a form too', async () => {
    const { id } = await contract.ready('verify');
    const path = `/rest/${contract.clientId}/webhooks/${id}/verify`;
    const answer = await contract.api.call({
      method: 'POST',
      path,
      form: { mailingId: '5', numberOfEvents: '2' },
    });
    expect(answer).toMatchObject({ status: 200, body: [{ httpStatusCode: 200, numberOfEvents: 2 }] });
  });

  it('→ 200 with status 0 and the reason when nothing came back', async () => {
    const targetUrl = 'http://127.0.0.1:1/';
    const { id } = await contract.ready('verify', { targetUrl });
    const answer = await contract.perform('verify', { id });
    expect(answer).toMatchObject({
      status: 200,
      body: [{ httpStatusCode: 0, numberOfEvents: 1, targetUrl }],
    });
    expect(answer.body[0].responseBody).toMatch(/refused/i);
  });

  it('→ 200 with a redirect as what it is, not followed', async () => {
    contract.customer.script([{ status: 302, headers: { location: `${contract.customer.url}/elsewhere` } }]);
    const { id } = await contract.ready('verify');
    const before = contract.customer.requests.length;
    expect(await contract.perform('verify', { id })).toMatchObject({ body: [{ httpStatusCode: 302 }] });
    expect(contract.customer.requests.length).toBe(before + 1);
  });

  it.each([
    ['', ['mailingId']],
    ['mailingId=', ['mailingId']],
    ['mailingId=0', ['mailingId']],
    ['mailingId=abc', ['mailingId']],
    ['mailingId=1&numberOfEvents=0', ['numberOfEvents']],
    ['mailingId=1&numberOfEvents=101', ['numberOfEvents']],
    ['numberOfEvents=1.5', ['mailingId', 'numberOfEvents']],
  ])('→ 400 for ?%s', async (query, fields) => {
    const { id } = await contract.ready('verify');
    const path = `/rest/${contract.clientId}/webhooks/${id}/verify?${query}`;
    for (const method of ['GET', 'POST']) expectFields(await contract.api.call({ method, path }), fields);
  });

  it('→ 400 for the type that cannot be verified', async () => {
    const { id } = await contract.ready('verify', { type: 'webhooknode' });
    expectProblem(await contract.perform('verify', { id }), 'not-verifiable');
  });

  it.each(EVENT_TYPES.filter((type) => type !== 'webhooknode'))('→ 200 for the type %s', async (type) => {
    const { id } = await contract.ready('verify', { type });
    expect(await contract.perform('verify', { id })).toMatchObject({
      status: 200,
      body: [{ httpStatusCode: 200 }],
    });
    expect(contract.customer.requests.at(-1)?.body).toMatchObject([
      { type, clientId: contract.clientId, mailingId: 7, attempt: 1 },
    ]);
  });
});

describe('the way of a webhook', () => {
  it('created → activated → deactivated → activated → deactivated → gone', async () => {
    const webhook = await contract.ready('get');
    const expectStatus = async (operation: Operation, status: string) => {
      expect(await contract.perform(operation, webhook)).toMatchObject({
        status: 200,
        body: { id: webhook.id, status },
      });
      expect((await contract.perform('get', webhook)).body.status).toBe(status);
    };
    expectProblem(await contract.perform('deactivate', webhook), 'wrong-status');
    await expectStatus('activate', 'activated');
    expectProblem(await contract.perform('activate', webhook), 'wrong-status');
    expectProblem(await contract.perform('delete', webhook), 'wrong-status');
    await expectStatus('deactivate', 'deactivated');
    expectProblem(await contract.perform('deactivate', webhook), 'wrong-status');
    await expectStatus('activate', 'activated');
    await expectStatus('deactivate', 'deactivated');
    expect(await contract.perform('delete', webhook)).toMatchObject({ status: 204, text: '' });
    // Its audit remains, for operators.
    for (const operation of ON_A_WEBHOOK.filter((name) => name !== 'audit')) {
      expectProblem(await contract.perform(operation, webhook), 'no-such-webhook');
    }
  });

  it('created → gone', async () => {
    expect(await contract.perform('delete', await contract.ready('delete'))).toMatchObject({ status: 204 });
  });

  it('of two activations at once, one wins', async () => {
    const webhook = await contract.ready('activate');
    const answers = await Promise.all([
      contract.perform('activate', webhook),
      contract.perform('activate', webhook),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
  });
});
