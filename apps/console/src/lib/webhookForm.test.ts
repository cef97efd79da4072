import { describe, expect, it } from '@jest/globals';
import type { Webhook } from '#libs/apiClient/answers.ts';
import { toBody, valuesOf } from './webhookForm.ts';

const WEBHOOK: Webhook = {
  id: 1,
  type: 'click',
  status: 'activated',
  format: 'json',
  targetUrl: 'https://example.com/',
  authentication: { type: 'basicAuth', userName: 'anna' },
  maxRequestsPerSecond: 5,
  created: '2026-03-01T12:00:00.000Z',
  modified: '2026-03-01T12:00:00.000Z',
};
const KEPT = { type: 'click', format: 'json', targetUrl: 'https://example.com/', maxRequestsPerSecond: '5' };

describe('the form of a webhook', () => {
  it('keeps the stored password that nobody has touched', () => {
    expect(toBody(valuesOf(WEBHOOK), WEBHOOK)).toEqual(KEPT);
  });

  it.each([
    [{ password: 'new' }, { type: 'basicAuth', userName: 'anna', password: 'new' }],
    [{ userName: 'bernd' }, { type: 'basicAuth', userName: 'bernd' }],
    [{ authentication: 'none' }, { type: 'none' }],
    [
      { authentication: 'keyAuth', key: 'X-Key' },
      { type: 'keyAuth', key: 'X-Key', passphrase: '' },
    ],
  ])('sends what was changed, for the API to judge: %j', (change, authentication) => {
    const body = toBody({ ...valuesOf(WEBHOOK), ...change }, WEBHOOK);
    expect(body).toEqual({ ...KEPT, authentication });
  });

  it('has a secret made, kept, renewed or set', () => {
    const signed = { ...WEBHOOK, authentication: { type: 'standardWebhooks' } } as const;
    const values = valuesOf(signed);
    const made = { authentication: { type: 'standardWebhooks' } };
    expect(toBody(values, signed)).toEqual(KEPT);
    expect(toBody(values, null)).toEqual({ ...KEPT, ...made });
    expect(toBody({ ...values, renews: true }, signed)).toEqual({ ...KEPT, ...made });
    expect(toBody({ ...values, secret: 'whsec_x' }, signed)).toMatchObject({
      authentication: { type: 'standardWebhooks', secret: 'whsec_x' },
    });
  });

  it('takes an empty limit for none', () => {
    expect(toBody({ ...valuesOf(null), targetUrl: ' x ' }, null)).toEqual({
      type: 'open',
      format: 'json',
      targetUrl: 'x',
      authentication: { type: 'none' },
      maxRequestsPerSecond: null,
    });
  });
});
