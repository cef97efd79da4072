import { describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { makeSigningSecret, signatureHeaders, signingSecretProblem } from './signature.ts';

const SECRET = `whsec_${Buffer.from('a secret of twenty-four b').toString('base64')}`;
const body = '[{"type":"open","recipientId":"änne"}]';
const message = (at: number) => ({ id: () => 'msg_1', body, at });

describe('signatures', () => {
  it('are those of the specification: its own example', () => {
    const signing = {
      type: 'standardWebhooks',
      secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    } as const;
    const headers = signatureHeaders(signing, {
      id: () => 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      body: '{"test": 2432232314}',
      at: 1_614_265_330_999,
    });
    expect(headers).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('of a text and of its bytes are the same', () => {
    const signing = { type: 'standardWebhooks', secret: SECRET } as const;
    expect(signatureHeaders(signing, { ...message(5), body: Buffer.from(body) })).toEqual(
      signatureHeaders(signing, message(5)),
    );
  });

  it('come of each secret that is valid, and a verifier takes any of them', () => {
    const now = Date.now();
    const former = makeSigningSecret();
    const signing = {
      type: 'standardWebhooks',
      secret: SECRET,
      former: [{ secret: former, until: now }],
    } as const;
    const before = signatureHeaders(signing, message(now - 1));
    expect(before['webhook-signature']?.split(' ')).toHaveLength(2);
    for (const secret of [SECRET, former]) {
      expect(new Webhook(secret).verify(body, before)).toEqual(JSON.parse(body));
    }
    const after = signatureHeaders(signing, message(now));
    expect(new Webhook(SECRET).verify(body, after)).toEqual(JSON.parse(body));
    expect(() => new Webhook(former).verify(body, after)).toThrow('No matching signature');
  });
});

const base64 = (bytes: number) => `whsec_${Buffer.alloc(bytes, 1).toString('base64')}`;

describe('signingSecretProblem', () => {
  it.each([SECRET, base64(24), base64(64), makeSigningSecret()])('takes %s', (secret) => {
    expect(signingSecretProblem(secret)).toBeNull();
  });

  it.each([
    '',
    'whsec_',
    base64(23),
    base64(65),
    base64(32).slice(6),
    base64(32).replace('=', ''),
    `${base64(24)}\n`,
    `${base64(24)} `,
    base64(33).replaceAll('A', '-'),
    `whsek_${base64(24).slice(6)}`,
  ])('refuses "%s", and does not show it', (secret) => {
    expect(signingSecretProblem(secret)).toBe('must be "whsec_" and the base64 of 24 to 64 bytes');
  });
});
