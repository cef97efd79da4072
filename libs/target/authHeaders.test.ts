import { describe, expect, it } from '@jest/globals';
import type { Authentication } from '#libs/domain/webhook.ts';
import { authenticationProblems, authHeaders, keyProblem } from './authHeaders.ts';

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
    expect(authHeaders(authentication)).toEqual(headers);
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

describe('authenticationProblems', () => {
  it.each<[Authentication, string[]]>([
    [{ type: 'none' }, []],
    [{ type: 'basicAuth', userName: 'zoë', password: 'a:b' }, []],
    [{ type: 'basicAuth', userName: 'a:b', password: 'a\nb' }, ['userName', 'password']],
    [{ type: 'basicAuth', userName: 'a\u007f', password: '' }, ['userName']],
    [{ type: 'basicAuth', userName: 'a', password: 'lone surrogate \ud800' }, ['password']],
    [{ type: 'keyAuth', key: 'X-Key', passphrase: 'geheim ✓' }, []],
    [{ type: 'keyAuth', key: 'Host', passphrase: '\r\nX: 1' }, ['key', 'passphrase']],
  ])('finds in %j: %j', (authentication, fields) => {
    expect(authenticationProblems(authentication).map(({ field }) => field)).toEqual(fields);
  });
});
