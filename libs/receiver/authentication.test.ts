import { describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { type Authentication, type Headers, isAuthentic } from './authentication.ts';

const SECRET = `whsec_${Buffer.alloc(32, 'k').toString('base64')}`;
const OTHER = `whsec_${Buffer.alloc(32, 'o').toString('base64')}`;
const AT = 1_614_265_330_000;
const body = Buffer.from('[{"type":"open","recipientId":"änne"}]');

const signing = (...secrets: string[]): Authentication => ({ type: 'standardWebhooks', secrets });

/** As the specification's own library signs. */
function signed(secret = SECRET, at = AT): Record<string, string> {
  return {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(at / 1000),
    'webhook-signature': new Webhook(secret).sign('msg_1', new Date(at), body.toString()),
  };
}

const check = (authentication: Authentication, headers: Headers, now = AT, bytes: Uint8Array = body) =>
  isAuthentic(authentication, { headers, body: bytes }, now);

describe('a signature', () => {
  const both = {
    ...signed(),
    'webhook-signature': `${signed(OTHER)['webhook-signature']} ${signed()['webhook-signature']}`,
  };

  it.each<[string, boolean]>([
    ['is right', check(signing(SECRET), signed())],
    ['may be one of several', check(signing(SECRET), both)],
    ['may be of either secret', check(signing(OTHER, SECRET), signed())],
    ['may be a little old', check(signing(SECRET), signed(), AT + 299_000)],
    ['may be from a little ahead', check(signing(SECRET), signed(), AT - 299_000)],
    ['takes a secret without its prefix', check(signing(SECRET.slice(6)), signed())],
  ])('%s', (_what, isRight) => {
    expect(isRight).toBe(true);
  });

  it.each<[string, boolean]>([
    ['of another secret', check(signing(OTHER), signed())],
    ['of no secret', check(signing(), signed())],
    ['of another body', check(signing(SECRET), signed(), AT, Buffer.from('[]'))],
    ['of another id', check(signing(SECRET), { ...signed(), 'webhook-id': 'msg_2' })],
    ['of another time', check(signing(SECRET), { ...signed(), 'webhook-timestamp': String(AT / 1000 + 1) })],
    ['that is too old', check(signing(SECRET), signed(), AT + 301_000)],
    ['from too far ahead', check(signing(SECRET), signed(), AT - 301_000)],
    ['of another version', check(signing(SECRET), { ...signed(), 'webhook-signature': 'v2,abc' })],
    ['without a time', check(signing(SECRET), { ...signed(), 'webhook-timestamp': undefined })],
    ['whose time is no number', check(signing(SECRET), { ...signed(), 'webhook-timestamp': 'NaN' })],
    ['that is not there', check(signing(SECRET), {})],
  ])('%s is refused', (_what, isRight) => {
    expect(isRight).toBe(false);
  });
});

describe('other credentials', () => {
  const basic: Authentication = { type: 'basicAuth', userName: 'zoë', password: 'p:✓' };
  const key: Authentication = { type: 'keyAuth', key: 'X-Key', passphrase: 'geheim ✓' };
  const authorization = `Basic ${Buffer.from('zoë:p:✓').toString('base64')}`;

  it.each<[string, Authentication, Headers, boolean]>([
    ['a user name and password', basic, { authorization }, true],
    ['another password', basic, { authorization: `${authorization}x` }, false],
    ['no password', basic, {}, false],
    ['a key', key, { 'x-key': Buffer.from('geheim ✓').toString('latin1') }, true],
    ['another passphrase', key, { 'x-key': 'geheim' }, false],
    ['no key', key, { authorization }, false],
    ['a key that comes twice', key, { 'x-key': ['geheim ✓', 'geheim ✓'] }, false],
    ['nothing where nothing is asked for', { type: 'none' }, {}, true],
  ])('%s', (_what, authentication, headers, isRight) => {
    expect(check(authentication, headers)).toBe(isRight);
  });
});
