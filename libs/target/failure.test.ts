import { describe, expect, it } from '@jest/globals';
import { describeFailure } from './failure.ts';
import { TargetError } from './targetError.ts';

const failure = (code: string, more: object = {}) =>
  Object.assign(new Error(`about ${code}`), { code, ...more });
const wrapped = (cause: unknown) => Object.assign(new Error('outer', { cause }), { code: 'ERR_GOT' });

describe('describeFailure', () => {
  it.each([
    ['ECONNREFUSED', 'refused'],
    ['EHOSTUNREACH', 'refused'],
    ['ENETUNREACH', 'refused'],
    ['EADDRNOTAVAIL', 'refused'],
    ['ECONNRESET', 'reset'],
    ['EPIPE', 'reset'],
    ['HPE_HEADER_OVERFLOW', 'reset'],
    ['ETIMEDOUT', 'timeout'],
    ['EPROTO', 'tls'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['CERT_NOT_YET_VALID', 'tls'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
    ['SOMETHING_NEW', 'reset'],
  ])('takes %s for %s', (code, error) => {
    expect(describeFailure(failure(code), 1_000, 5)).toMatchObject({
      kind: 'unreachable',
      error,
      durationMs: 5,
    });
    expect(describeFailure(wrapped(failure(code)), 1_000, 5)).toMatchObject({ error });
  });

  it('takes the last of several addresses tried', () => {
    const both = new AggregateError([failure('ENETUNREACH'), failure('ECONNREFUSED')], '');
    expect(describeFailure(wrapped(both), 1_000, 5)).toMatchObject({
      error: 'refused',
      message: 'No connection could be made: about ECONNREFUSED',
    });
  });

  it('passes on the words of the guard', () => {
    expect(describeFailure(wrapped(new TargetError('blocked', 'Not public.')), 1_000, 5)).toEqual({
      kind: 'blocked',
      message: 'Not public.',
      durationMs: 5,
    });
    expect(describeFailure(wrapped(new TargetError('dns', 'No host.')), 1_000, 5)).toMatchObject({
      error: 'dns',
      message: 'No host.',
    });
  });

  it.each([
    [502, 'refused', 'No connection could be made: the egress proxy did not let it through (502)'],
    [undefined, 'timeout', 'No answer came within 1000 ms.'],
  ])('names a proxy that answers %s, not its address', (statusCode, error, message) => {
    const tunnel = failure('ERR_PROXY_TUNNEL', { statusCode });
    expect(describeFailure(tunnel, 1_000, 5)).toMatchObject({ error, message });
  });

  it('makes one short line of what the target said', () => {
    const long = Object.assign(new Error(`a\r\nb${'c'.repeat(1_000)}`), { code: 'ECONNRESET' });
    const { message } = describeFailure(long, 1_000, 5);
    expect(message).toMatch(/: a bc+$/);
    expect(message.length).toBeLessThan(400);
  });

  it.each([null, undefined, 'text', 42, {}])('survives %p', (thrown) => {
    expect(describeFailure(thrown, 1_000, 5)).toMatchObject({ kind: 'unreachable', error: 'reset' });
  });

  it('survives causes that go in a circle', () => {
    const circle = new Error('round');
    circle.cause = circle;
    expect(describeFailure(circle, 1_000, 5)).toMatchObject({ error: 'reset' });
  });
});
