import { describe, expect, it } from '@jest/globals';
import type { Authentication } from '#libs/domain/webhook.ts';
import { authHeaders, keyProblem, secretProblem, userNameProblem } from './authHeaders.ts';

describe('authHeaders', () => {
  it.each<[Authentication, Record<string, string>]>([
    [{ type: 'none' }, {}],
    [
      { type: 'basicAuth', userName: 'Aladdin', password: 'open sesame' },
      { authorization: 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==' },
    ],
    [{ type: 'basicAuth', userName: 'test', password: '123£' }, { authorization: 'Basic dGVzdDoxMjPCow==' }],
    [{ type: 'keyAuth', key: 'X-Key', passphrase: 'secret' }, { 'X-Key': 'secret' }],
  ])('makes of %j: %j', (authentication, headers) => {
    expect(authHeaders(authentication, { id: () => 'msg_1', body: '[]', at: 0 })).toEqual(headers);
  });
});

describe('keyProblem', () => {
  it.each(['X-Key', 'Authorization', 'x', 'a!#$%&*+.^_`|~9', 'Cookie'])('takes %s', (key) => {
    expect(keyProblem(key)).toBeNull();
  });

  it.each(['', 'X Key', 'X:Key', 'X-Key\r\n', 'Schlüssel', 'a(b)', '"a"', 'x\0'])(
    'refuses "%s": no token',
    (key) => {
      expect(keyProblem(key)).toContain('must be a header name');
    },
  );

  it.each([
    'Host',
    'CONNECTION',
    'Content-Length',
    'content-type',
    'Content-Encoding',
    'Transfer-Encoding',
    'Keep-Alive',
    'TE',
    'Trailer',
    'Upgrade',
    'Expect',
    'User-Agent',
    'Proxy-Authorization',
    'Proxy-Connection',
    'Via',
    'Forwarded',
    'X-Forwarded-For',
    'HTTP2-Settings',
    'webhook-signature',
    '__proto__',
  ])('refuses %s: not free', (key) => {
    expect(keyProblem(key)).toContain(`must not be ${key}`);
  });
});

describe('secretProblem', () => {
  it.each(['', 'a:b', 'geheim ✓', ' spaces '])('takes "%s"', (text) => {
    expect(secretProblem(text)).toBeNull();
  });

  it.each(['a\nb', '\r\nX-Injected: 1', 'a\u007f', 'a\u0085b', '\0', 'a\tb', 'lone surrogate \ud800'])(
    'refuses %j',
    (text) => {
      expect(secretProblem(text)).toBe('must have no control characters');
    },
  );
});

describe('userNameProblem', () => {
  it.each([
    ['zoë', null],
    ['a:b', 'must have no colon'],
    ['a\nb', 'must have no control characters'],
  ])('says of %j: %s', (userName, words) => {
    expect(userNameProblem(userName)).toBe(words);
  });
});
