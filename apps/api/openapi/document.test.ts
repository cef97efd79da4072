import { describe, expect, it } from '@jest/globals';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import Joi from 'joi';
import { listSchema, parseWebhookFields, verifySchema, webhookSchema } from '../webhookSchemas.ts';
import { createDocument } from './document.ts';
import { joiToJsonSchema } from './joiToJsonSchema.ts';

const FIELDS = webhookSchema({ mode: 'development', allow: [] });

function compile(schema: Joi.Schema) {
  return new Ajv2020({ strict: false, validateFormats: false }).compile(joiToJsonSchema(schema));
}

async function lint(document: object): Promise<string[]> {
  const config = await createConfig({ extends: ['recommended'] });
  const problems = await lintFromString({ source: JSON.stringify(document), config });
  return problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} (${location[0]?.pointer})`);
}

describe('the OpenAPI document', () => {
  it("passes Redocly's recommended rules, errors and warnings alike", async () => {
    expect(await lint(createDocument())).toEqual([]);
  });

  it('would not pass them if it lacked something', async () => {
    const { components: _, ...broken } = createDocument();
    expect((await lint(broken)).join()).toContain("Can't resolve $ref");
  });
});

/** Mostly right, so that the two ways to judge it are compared where they could differ. */
const word = fc.constantFrom('a', 'x'.repeat(255), 'x'.repeat(256), 'X-Key', '7');
const rarely = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
const authentication = fc.oneof(
  fc.record(
    {
      type: fc.constantFrom('none', 'basicAuth', 'keyAuth', 'standardWebhooks', 'digest'),
      userName: word,
      password: fc.oneof(word, fc.constant('')),
      key: fc.constantFrom('X-Key', 'X-Other'),
      passphrase: word,
      secret: rarely(fc.constant(`whsec_${'A'.repeat(32)}`)),
      other: rarely(word),
    },
    { requiredKeys: [] },
  ),
  fc.constantFrom({ type: 'none' }, { type: 'basicAuth', userName: 'a', password: '' }, 7, null),
);
const body = fc.record(
  {
    targetUrl: fc.constantFrom('https://example.com/', 'http://127.0.0.1:1/', 7),
    type: fc.constantFrom('open', 'webhooknode', 'opened'),
    format: fc.constantFrom('json', 'json', 'xml'),
    authentication,
    basicAuthUsername: rarely(word),
    basicAuthPassword: rarely(word),
    maxRequestsPerSecond: fc.constantFrom(null, 1, 1000, 0, 1001, 1.5, true),
    id: fc.integer(),
    other: rarely(word),
  },
  { requiredKeys: ['targetUrl', 'type', 'format'] },
);
const number = fc.oneof(
  fc.integer({ min: -2, max: 102 }),
  fc.constantFrom(1.5, 2 ** 31 - 1, 2 ** 31, 2 ** 53 - 1, 'x'),
);
const sort = fc.constantFrom('ID', 'CREATED', 'DATA', 'created', 7);
const direction = fc.constantFrom('ASC', 'DESC', 'asc');
const page = fc.record({ sort, direction, offset: number, limit: number, more: word }, { requiredKeys: [] });
const verification = fc.record({ mailingId: number, numberOfEvents: number }, { requiredKeys: [] });

/** Whether the value, without fields that are undefined, is right for both or wrong for both. */
function expectSame(value: object, schema: Joi.ObjectSchema, check: (value: unknown) => boolean): boolean {
  const sent: unknown = JSON.parse(JSON.stringify(value));
  const accepted = schema.validate(sent).error === undefined;
  expect({ sent, accepted: check(sent) }).toEqual({ sent, accepted });
  return accepted;
}

describe('the schemas in the document', () => {
  it.each([
    ['the fields of a webhook', FIELDS, body],
    ['the query of list', listSchema, page],
    ['the query of verify', verifySchema, verification],
  ])('take what validation takes, and nothing else: %s', (_what, schema, values) => {
    const check = compile(schema);
    let accepted = 0;
    fc.assert(
      fc.property(values, (value) => {
        if (expectSame(value, schema, check)) accepted += 1;
      }),
      { numRuns: 3000 },
    );
    expect(accepted).toBeGreaterThan(50);
  });

  it('say what each type of authentication needs', () => {
    const check = compile(FIELDS);
    const given = { targetUrl: 'https://example.com/', type: 'open', format: 'json' };
    const pair = { ...given, basicAuthUsername: 'a', basicAuthPassword: 'b' };
    expect(parseWebhookFields(pair, FIELDS)).toHaveProperty('authentication');
    expect(check(pair)).toBe(true);
    expect(check({ ...given, basicAuthUsername: 'a' })).toBe(false);
    expect(check({ ...pair, authentication: { type: 'none' } })).toBe(false);
    expect(check({ ...given, authentication: { type: 'keyAuth', key: 'X' } })).toBe(false);
  });

  it.each([
    Joi.object({ a: Joi.string().email() }),
    Joi.object({ a: Joi.number().multiple(3) }),
    Joi.object({ a: Joi.boolean() }),
  ])('refuse to leave out what cannot be said yet', (schema) => {
    expect(() => joiToJsonSchema(schema)).toThrow("can't be put into the OpenAPI document yet");
  });
});
