import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { ContractClient, expectFields, expectProblem, FIELDS } from './contractClient.ts';

/** The contract's §1: every way in which a webhook's fields can be wrong. */
const WITH_FIELDS = ['create', 'update'] as const;

let contract: ContractClient;

beforeAll(async () => {
  contract = await ContractClient.start();
});

afterAll(() => contract.stop());

describe.each(WITH_FIELDS)('%s → 400, naming', (operation) => {
  const auth = (authentication: object) => ({ authentication });
  it.each([
    [
      'all that is missing',
      { targetUrl: undefined, type: undefined, format: undefined },
      'targetUrl type format',
    ],
    [
      'all that is wrong',
      { targetUrl: 'x', type: 'x', format: 'xml', authentication: 1 },
      'targetUrl type format authentication',
    ],
    ['an unknown type', { type: 'opened' }, 'type'],
    ['an unknown format', { format: 'JSON' }, 'format'],
    ['a field that does not exist', { autentication: {} }, 'autentication'],
    ['an address with credentials', { targetUrl: 'https://a:b@example.com/' }, 'targetUrl'],
    ['an address that is too long', { targetUrl: `https://example.com/${'x'.repeat(2048)}` }, 'targetUrl'],
    ['another scheme', { targetUrl: 'ftp://example.com/' }, 'targetUrl'],
    ['a line break in the address', { targetUrl: 'https://example.com/\r\nX: y' }, 'targetUrl'],
    ['cloud metadata', { targetUrl: 'https://169.254.169.254/' }, 'targetUrl'],
    ['an authentication without a type', auth({}), 'authentication.type'],
    ['an unknown authentication', auth({ type: 'digest' }), 'authentication.type'],
    ['what basicAuth lacks', auth({ type: 'basicAuth' }), 'authentication.userName authentication.password'],
    ['what keyAuth lacks', auth({ type: 'keyAuth' }), 'authentication.key authentication.passphrase'],
    [
      'a colon in a user name',
      auth({ type: 'basicAuth', userName: 'a:b', password: 'c' }),
      'authentication.userName',
    ],
    [
      'control characters',
      auth({ type: 'basicAuth', userName: 'a\n', password: 'c\r' }),
      'authentication.userName authentication.password',
    ],
    [
      'a key that is no header name',
      auth({ type: 'keyAuth', key: 'X Key', passphrase: 'c' }),
      'authentication.key',
    ],
    [
      'a key that frames the request',
      auth({ type: 'keyAuth', key: 'content-length', passphrase: '1' }),
      'authentication.key',
    ],
    [
      'a passphrase that splits headers',
      auth({ type: 'keyAuth', key: 'X-Key', passphrase: 'a\r\nb: c' }),
      'authentication.passphrase',
    ],
    [
      'a passphrase that is too long',
      auth({ type: 'keyAuth', key: 'X-Key', passphrase: 'x'.repeat(5000) }),
      'authentication.passphrase',
    ],
    ['fields of another authentication', auth({ type: 'none', password: 'x' }), 'authentication.password'],
    ['half of the older pair', { basicAuthUsername: 'anna' }, 'basicAuthPassword'],
    ['the other half', { basicAuthPassword: 'secret' }, 'basicAuthPassword'],
    [
      'both ways of authentication',
      { ...auth({ type: 'none' }), basicAuthUsername: 'a', basicAuthPassword: 'b' },
      'authentication',
    ],
  ])('%s', async (_what, wrong, fields) => {
    const { id } = await contract.ready(operation);
    const given: Record<string, unknown> = { ...FIELDS, ...wrong };
    const answer = await contract.perform(operation, { id }, { json: given });
    expectFields(answer, fields.split(' '));
    const form: Record<string, string> = {};
    for (const [name, value] of Object.entries(given)) {
      if (value !== undefined) form[name] = typeof value === 'string' ? value : JSON.stringify(value);
    }
    expectFields(await contract.perform(operation, { id }, { form, json: undefined }), fields.split(' '));
  });

  it('everything, when there is no body at all', async () => {
    const { id } = await contract.ready(operation);
    expectFields(await contract.perform(operation, { id }, { json: undefined }), [
      'targetUrl',
      'type',
      'format',
    ]);
    expectProblem(await contract.perform(operation, { id }, { json: [FIELDS] }), 'invalid-request');
  });
});

describe('under the strict target policy, create → 400 for', () => {
  let strict: ContractClient;

  beforeAll(async () => {
    strict = await ContractClient.start({ TARGET_POLICY: 'strict' });
  });

  afterAll(() => strict.stop());

  it.each([
    'http://example.com/',
    'https://example.com:8443/',
    'https://localhost/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://0x7f000001/',
    'https://10.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:192.168.0.1]/',
    'https://router.internal/',
  ])('%s', async (targetUrl) => {
    expectFields(await strict.perform('create', {}, { json: { ...FIELDS, targetUrl } }), ['targetUrl']);
  });

  it('nothing at a public address', async () => {
    await strict.create({ targetUrl: 'https://93.184.215.14/hook' });
  });
});
