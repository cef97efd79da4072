import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { ContractClient, expectFields, FIELDS } from './contractClient.ts';

/** The contract's §5: signing by Standard Webhooks, as far as the admin API has it. */
const SECRET = `whsec_${Buffer.alloc(24, 'k').toString('base64')}`;
const OTHER = `whsec_${Buffer.alloc(64, 'o').toString('base64')}`;
const TYPE = 'standardWebhooks';

let contract: ContractClient;

beforeAll(async () => {
  contract = await ContractClient.start({ WEBHOOKS_PER_CLIENT: '50' });
});

afterAll(() => contract.stop());

const withSecret = (secret?: string) => ({
  json: { ...FIELDS, targetUrl: contract.customer.url, authentication: { type: TYPE, secret } },
});

/** A request of a verification, and what a receiver with this secret says of it. */
async function verified(id: number, secrets: readonly string[]) {
  expect(await contract.perform('verify', { id })).toMatchObject({ body: [{ httpStatusCode: 200 }] });
  const request = contract.customer.requests.at(-1);
  const headers = Object.fromEntries(
    Object.entries(request?.headers ?? {}).filter(([name]) => name.startsWith('webhook-')),
  ) as Record<string, string>;
  for (const secret of secrets) {
    expect(new Webhook(secret).verify(request?.rawBody ?? '', headers)).toEqual(request?.body);
  }
  return headers;
}

describe('a webhook that signs', () => {
  it.each([
    ['JSON', withJson],
    ['a form', asForm],
  ])('takes a secret from %s, and never shows it', async (_how, content) => {
    for (const operation of ['create', 'update'] as const) {
      const { id } = await contract.ready(operation);
      const answer = await contract.perform(operation, { id }, content(SECRET));
      expect(Math.floor(answer.status / 100)).toBe(2);
      expect(answer.body.authentication).toEqual({ type: TYPE });
      await verified(answer.body.id, [SECRET]);
    }
  });

  it.each([
    ['JSON', withJson],
    ['a form', asForm],
  ])('gets a secret when %s has none, and shows it in that answer only', async (_how, content) => {
    for (const operation of ['create', 'update'] as const) {
      const webhook = await contract.ready(operation);
      const answer = await contract.perform(operation, webhook, content());
      const { id, authentication } = answer.body;
      expect(authentication).toEqual({ type: TYPE, secret: expect.stringMatching(/^whsec_[\w+/]{43}=$/) });
      await verified(id, [authentication.secret]);
      const later = [
        await contract.perform('get', { id }),
        await contract.perform('list', {}),
        await contract.perform('activate', { id }),
        await contract.perform('deactivate', { id }),
        await contract.perform('audit', { id }),
        await contract.perform('update', { id }, { json: { ...FIELDS, authentication: undefined } }),
        await contract.perform('update', { id }, withSecret(authentication.secret)),
      ];
      for (const { status, text } of later) {
        expect(status).toBe(200);
        expect(text).toContain(TYPE);
        expect(text).not.toContain(authentication.secret.slice(6, -1));
      }
      expect(contract.api.lines.join('\n')).not.toContain(authentication.secret.slice(6, -1));
    }
  });

  it('signs with the new secret and the old one after a change', async () => {
    const { id } = (await contract.perform('create', {}, withSecret(SECRET))).body;
    await contract.perform('update', { id }, withSecret(OTHER));
    const first = await verified(id, [OTHER, SECRET]);
    expect(first['webhook-signature']?.split(' ')).toHaveLength(2);
    const made = (await contract.perform('update', { id }, withSecret())).body.authentication.secret;
    const second = await verified(id, [made, OTHER, SECRET]);
    expect(second['webhook-id']).not.toBe(first['webhook-id']);
  });

  it('has in its audit log that a secret was set', async () => {
    const { id } = (await contract.perform('create', {}, withSecret(SECRET))).body;
    const { body } = await contract.perform('audit', { id });
    expect(body.items[0].changes).toEqual(
      expect.arrayContaining([
        { field: 'authentication', to: { type: TYPE } },
        { field: 'authentication.secret' },
      ]),
    );
  });

  it.each([
    ['no secret of the form', { type: TYPE, secret: 'open sesame' }],
    ['one that is too short', { type: TYPE, secret: `whsec_${Buffer.alloc(23).toString('base64')}` }],
    ['one that is empty', { type: TYPE, secret: '' }],
    ['one that is no text', { type: TYPE, secret: 7 }],
    ['one for another authentication', { type: 'none', secret: SECRET }],
  ])('→ 400 for %s', async (_what, authentication) => {
    const answer = await contract.perform('create', {}, { json: { ...FIELDS, authentication } });
    expectFields(answer, ['authentication.secret']);
    expect(answer.text).not.toContain(String(authentication.secret).slice(6) || '%');
  });
});

function withJson(secret?: string) {
  return withSecret(secret);
}

function asForm(secret?: string) {
  const form = {
    ...FIELDS,
    targetUrl: contract.customer.url,
    authentication: JSON.stringify({ type: TYPE, secret }),
  };
  return { form, json: undefined };
}
