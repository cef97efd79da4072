import { describe, expect, it } from '@jest/globals';
import { redact } from './redact.ts';

describe('redact', () => {
  it.each([
    ['a mail address in a text', 'to john.smith@example.com now', 'to [address] now'],
    ['credentials in a URL', 'redis://user:word@host:1/0 is away', 'redis://[redacted]@host:1/0 is away'],
    [
      'a secret by its field',
      { password: 'x', passphrase: 'y', Authorization: 'z' },
      { password: '[redacted]', passphrase: '[redacted]', Authorization: '[redacted]' },
    ],
    ['a field inside of others', { a: [{ b: 'x@example.com' }] }, { a: [{ b: '[address]' }] }],
    ['an error', new Error('no x@example.com'), { name: 'Error', message: 'no [address]' }],
    [
      'what is no secret',
      { events: 3, user: 'operator', at: null },
      { events: 3, user: 'operator', at: null },
    ],
  ])('takes out %s', (_what, value, expected) => {
    expect(redact(value)).toEqual(expected);
  });

  it('ends in a structure that contains itself', () => {
    const value: { self?: unknown } = {};
    value.self = value;
    expect(JSON.stringify(redact(value))).toContain('[deep]');
  });
});
