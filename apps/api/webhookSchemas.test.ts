import { describe, expect, it } from '@jest/globals';
import { ApiProblem } from './problem.ts';
import { parsePage, parseVerification, parseWebhookFields, webhookSchema } from './webhookSchemas.ts';

const schema = webhookSchema({ mode: 'strict', allow: [] });
const fields = { targetUrl: 'https://example.com/hook', type: 'open', format: 'json' };

function problemOf(body: unknown): ApiProblem {
  try {
    parseWebhookFields(body, schema);
  } catch (error) {
    if (error instanceof ApiProblem) return error;
    throw error;
  }
  throw new Error('The body was accepted.');
}

describe('the fields of a webhook', () => {
  it.each([
    ['an object', { type: 'basicAuth', userName: 'a', password: '' }],
    ['its JSON', '{"type":"basicAuth","userName":"a","password":""}'],
  ])('take an authentication as %s', (_how, authentication) => {
    const parsed = parseWebhookFields({ ...fields, authentication }, schema);
    expect(parsed.authentication).toEqual({ type: 'basicAuth', userName: 'a', password: '' });
  });

  it('tell an authentication that was left out from none', () => {
    expect(parseWebhookFields(fields, schema)).toEqual(fields);
    expect(parseWebhookFields({ ...fields, authentication: '' }, schema)).toEqual(fields);
    const none = { type: 'none' };
    expect(parseWebhookFields({ ...fields, authentication: none }, schema)).toEqual({
      ...fields,
      authentication: none,
    });
  });

  it.each([1, 1000, '1000', null])('take the limit of %j requests a second', (maxRequestsPerSecond) => {
    const expected = maxRequestsPerSecond === null ? null : Number(maxRequestsPerSecond);
    expect(parseWebhookFields({ ...fields, maxRequestsPerSecond }, schema)).toEqual({
      ...fields,
      maxRequestsPerSecond: expected,
    });
  });

  it.each([0, 1001, 1.5, -1, 'many'])('refuse the limit of %j requests a second', (maxRequestsPerSecond) => {
    const { particulars } = problemOf({ ...fields, maxRequestsPerSecond });
    expect(particulars.errors?.map(({ field }) => field)).toEqual(['maxRequestsPerSecond']);
  });

  it.each(['null', '[]', '5', '{', '"x"', 'none'])('refuse the authentication %s', (authentication) => {
    const { particulars } = problemOf({ ...fields, authentication });
    expect(particulars.errors?.map(({ field }) => field)).toEqual(['authentication']);
  });

  it('never show a value that was given, but the address', () => {
    const secret = 'topsecret\u0007{{#label}}';
    const authentication = { type: 'basicAuth', userName: secret, password: secret, passphrase: secret };
    const problem = problemOf({ ...fields, type: secret, authentication, [secret.slice(0, 3)]: secret });
    expect(JSON.stringify([problem.message, problem.particulars])).not.toContain('topsecret');
  });

  it('take what an attacker writes as text, not as a template', () => {
    const { particulars } = problemOf({ ...fields, targetUrl: 'https://{{length(this)}}.example/' });
    expect(particulars.errors?.[0]?.message).toContain('{{length(this)}}');
  });

  it('count no more than 50 errors', () => {
    const body = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`f${index}`, 1]));
    expect(problemOf({ ...fields, ...body }).particulars.errors).toHaveLength(50);
  });

  it('are safe from names that mean something to JavaScript', () => {
    const body = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
    expect(problemOf({ ...fields, ...body }).particulars.errors).toHaveLength(1);
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('queries', () => {
  it('have the defaults of the contract', () => {
    expect(parsePage({})).toEqual({ sort: 'created', direction: 'DESC', offset: 0, limit: 100 });
    expect(parseVerification({ mailingId: '7' })).toEqual({ mailingId: 7, numberOfEvents: 1 });
  });

  it.each([{ limit: '1', offset: '2147483647' }, { limit: 2147483647 }])('take %j', (query) => {
    expect(parsePage(query)).toMatchObject({ direction: 'DESC' });
  });
});
