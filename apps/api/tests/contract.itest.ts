import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BOTH_CLIENTS, CLIENT, CLIENT_ID, OTHER_CLIENT_ID, startTestApi } from './apiFixture.ts';
import {
  ALL,
  ContractClient,
  expectFields,
  expectProblem,
  ON_A_WEBHOOK,
  ON_ACTIVATED,
  OPERATIONS,
  WITH_BODY,
} from './contractClient.ts';

/** The contract's §1: every operation with every answer that it has in common with others. */
const NO_ID = 9_007_199_254_740_991;
let contract: ContractClient;

beforeAll(async () => {
  contract = await ContractClient.start();
});

afterAll(() => contract.stop());

describe('every operation', () => {
  it.each(ALL)('%s → 401 without valid credentials', async (operation) => {
    const id = (await contract.ready(operation)).id;
    const wrong = [null, 'operator:wrong', 'nobody:open_sesame', `${CLIENT}x`, 'operator:', ':', 'operator'];
    for (const auth of wrong) {
      const answer = await contract.perform(operation, { id }, { auth });
      expectProblem(answer, 'unauthorized');
      expect(answer.headers['www-authenticate']).toBe('Basic realm="Postrider", charset="UTF-8"');
    }
    for (const Authorization of ['Bearer abc', 'Basic', 'Basic %%%', 'Basic b3BlcmF0b3I=']) {
      expectProblem(
        await contract.perform(operation, { id }, { auth: null, headers: { Authorization } }),
        'unauthorized',
      );
    }
  });

  it.each(ALL)('%s → 403 with credentials for another client', async (operation) => {
    const { id } = await contract.ready(operation);
    expectProblem(await contract.perform(operation, { id }, { auth: CLIENT }), 'forbidden');
    expectProblem(
      await contract.perform(operation, { id, client: OTHER_CLIENT_ID }, { auth: CLIENT }),
      'forbidden',
    );
  });

  it.each(ALL)('%s → 400 for a client id that is not a positive integer', async (operation) => {
    for (const client of [
      '0',
      '-1',
      'abc',
      '1.5',
      '+1',
      '1e3',
      '0x1',
      '9223372036854775808',
      '9007199254740993',
    ]) {
      expectFields(await contract.perform(operation, { id: 1, client }), ['clientId']);
    }
  });

  it.each(ALL)(
    '%s → 200s for the client with its own credentials, of which it may have several',
    async (operation) => {
      for (const [auth, client] of [
        [CLIENT, CLIENT_ID],
        [BOTH_CLIENTS, CLIENT_ID],
        [BOTH_CLIENTS, OTHER_CLIENT_ID],
      ] as const) {
        contract.clientId = client;
        const webhook =
          operation === 'create' ? { id: 0 } : await contract.create({ targetUrl: contract.customer.url });
        if (ON_ACTIVATED.includes(operation)) await contract.perform('activate', { id: webhook.id });
        const answer = await contract.perform(operation, { id: webhook.id }, { auth });
        expect(Math.floor(answer.status / 100)).toBe(2);
        for (const { id } of (await contract.perform('list', {})).body) {
          await contract.perform('deactivate', { id });
          await contract.perform('delete', { id });
        }
      }
      contract.clientId = 1000;
    },
  );

  it.each(ALL)('%s answers under the media type that is asked for', async (operation) => {
    if (operation === 'delete') return;
    const vendor = 'application/vnd.optivo.broadmail.v1+json';
    for (const [accept, type] of [
      [vendor, vendor],
      [`${vendor}, application/json;q=0.5`, vendor],
      [`text/html, ${vendor};q=0.9`, vendor],
      ['application/json', 'application/json'],
      ['*/*', 'application/json'],
      ['text/html', 'application/json'],
    ] as const) {
      const { id } = await contract.ready(operation);
      const answer = await contract.perform(operation, { id }, { headers: { accept } });
      expect(Math.floor(answer.status / 100)).toBe(2);
      expect(answer.headers['content-type']).toBe(`${type}; charset=utf-8`);
    }
  });

  it.each(ALL)('%s → 405 for another method on its path, which says what it takes', async (operation) => {
    for (const method of ['PATCH', 'TRACE', ...(operation === 'activate' ? ['GET', 'PUT', 'DELETE'] : [])]) {
      const answer = await contract.perform(operation, { id: 1 }, { method });
      expectProblem(answer, 'method-not-allowed');
      expect(answer.headers.allow).toContain(OPERATIONS[operation].method);
    }
  });

  it.each(ALL)('%s shows neither what it runs on nor itself in a frame', async (operation) => {
    const { headers } = await contract.perform(operation, await contract.ready(operation));
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('etag');
  });
});

describe('every operation on a webhook', () => {
  it.each(ON_A_WEBHOOK)('%s → 400 for a webhook id that is not a positive integer', async (operation) => {
    for (const id of ['0', '-1', 'abc', '1.5', '007', '9223372036854775808', '99999999999999999999']) {
      expectFields(await contract.perform(operation, { id }), ['webhookId']);
    }
  });

  it.each(ON_A_WEBHOOK)('%s → 404 when there is no such webhook', async (operation) => {
    for (const id of [NO_ID, '9007199254740993', '9223372036854775807']) {
      expectProblem(await contract.perform(operation, { id }), 'no-such-webhook');
    }
  });

  it.each(ON_A_WEBHOOK)('%s → 409 when it belongs to another client', async (operation) => {
    const { id } = await contract.ready(operation);
    expectProblem(
      await contract.perform(operation, { id, client: contract.clientId + 1 }),
      'foreign-webhook',
    );
  });
});

describe('every operation with a body', () => {
  it.each(WITH_BODY)('%s → 415 for a body of another type', async (operation) => {
    const { id } = await contract.ready(operation);
    for (const type of ['text/plain', 'application/xml', 'multipart/form-data; boundary=x', 'nonsense', '']) {
      const headers = { 'Content-Type': type };
      const more = { raw: 'targetUrl', json: undefined, headers };
      expectProblem(await contract.perform(operation, { id }, more), 'unsupported-media-type');
    }
    const headers = { 'Content-Type': 'application/json; charset=iso-8859-1' };
    expectProblem(
      await contract.perform(operation, { id }, { raw: '{}', json: undefined, headers }),
      'unsupported-media-type',
    );
  });

  const webhookBodies = WITH_BODY.filter((operation) => operation !== 'events');
  it.each(webhookBodies)('%s → 413 for a body over the limit', async (operation) => {
    const { id } = await contract.ready(operation);
    const long = 'x'.repeat(70_000);
    for (const content of [{ json: { targetUrl: long } }, { form: { targetUrl: long }, json: undefined }]) {
      expectProblem(await contract.perform(operation, { id }, content), 'body-too-large');
    }
    const fields = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`f${index}`, 'x']));
    expectProblem(
      await contract.perform(operation, { id }, { form: fields, json: undefined }),
      'body-too-large',
    );
  });

  it.each(WITH_BODY)('%s → 400 for a body that cannot be read', async (operation) => {
    const { id } = await contract.ready(operation);
    const headers = { 'Content-Type': 'application/json' };
    for (const raw of ['{', '"text"', 'null', '{"targetUrl":}', '\u0000']) {
      expectProblem(
        await contract.perform(operation, { id }, { raw, json: undefined, headers }),
        'malformed-request',
      );
    }
  });
});

describe('beside the operations', () => {
  it.each([
    '/',
    '/rest',
    '/rest/1',
    '/rest/1/webhook',
    '/rest/1/webhooks/1/nothing',
    '/rest/1/webhooks/1/activate/x',
  ])('404 for %s', async (path) => {
    for (const method of ['GET', 'POST'])
      expectProblem(await contract.api.call({ method, path }), 'no-such-path');
  });

  it('HEAD is GET without its body, OPTIONS says what a path takes', async () => {
    const webhook = await contract.ready('get');
    expect(await contract.perform('get', webhook, { method: 'HEAD' })).toMatchObject({
      status: 200,
      text: '',
    });
    const options = await contract.perform('get', webhook, { method: 'OPTIONS' });
    expect(options).toMatchObject({ status: 204, headers: { allow: 'GET, PUT, DELETE, HEAD, OPTIONS' } });
  });

  it('a page of another site can change nothing, with whatever credentials the browser remembers', async () => {
    for (const operation of ALL.filter((name) => OPERATIONS[name].method !== 'GET')) {
      const webhook = await contract.ready(operation);
      for (const headers of [
        { 'Sec-Fetch-Site': 'cross-site' },
        { 'Sec-Fetch-Site': 'same-site' },
        { Origin: 'https://evil.example' },
        { Origin: 'null' },
      ]) {
        expectProblem(await contract.perform(operation, webhook, { headers }), 'cross-site');
      }
      const headers = { 'Sec-Fetch-Site': 'same-origin', Origin: `http://127.0.0.1:${contract.api.port}` };
      expect(Math.floor((await contract.perform(operation, webhook, { headers })).status / 100)).toBe(2);
    }
  });

  it('500 tells the caller nothing of what broke, and the log all of it', async () => {
    const { id } = await contract.ready('verify', {
      authentication: { type: 'basicAuth', userName: 'a', password: 'b' },
    });
    const { url } = contract.api.mysql;
    const other = await startTestApi({
      DATABASE_URL: url,
      ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
    });
    const path = `/rest/${contract.clientId}/webhooks/${id}/verify?mailingId=1`;
    const answer = await other.call({ method: 'GET', path });
    expectProblem(answer, 'internal');
    expect(answer.text).not.toContain('crypt');
    expect(other.lines.join()).toContain(`The credentials of webhook ${id} can't be decrypted`);
    await other.stop();
  });

  it('no secret is in any line of the log', () => {
    const log = contract.api.lines.join('\n');
    expect(log).toContain('/webhooks');
    for (const secret of ['open_sesame', 's3cret', 'p:ä', 'Bearer xyz', 'öpen', 'mailingId', 'pässword']) {
      expect(log).not.toContain(secret);
    }
  });
});
