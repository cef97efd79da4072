import Joi from 'joi';
import { EVENT_TYPES } from '#libs/domain/eventType.ts';
import type { Authentication } from '#libs/domain/webhook.ts';
import type { Page, SortKey } from '#libs/store/webhookPage.ts';
import { keyProblem, secretProblem, userNameProblem } from '#libs/target/authHeaders.ts';
import { signingSecretProblem } from '#libs/target/signature.ts';
import { checkTargetUrl, type TargetPolicy } from '#libs/target/targetPolicy.ts';
import type { GivenFields } from './signingSecret.ts';
import { validate } from './validate.ts';

const NAME_CHARACTERS = 255;
/** Bearer tokens are long. */
const SECRET_CHARACTERS = 4096;
const MAX_EVENTS = 100;
const MAX_REQUESTS_PER_SECOND = 1000;
/** The original's offset and limit are int32. */
const MAX_INT32 = 2 ** 31 - 1;
/** What a webhook has, but nobody can set: ignored, so that a webhook can be sent back as it was read. */
const READ_ONLY = ['id', 'clientId', 'status', 'created', 'modified'];

/** The sort names of the original; those that a webhook does not have here sort like ID. */
const SORT_KEYS: Readonly<Record<string, SortKey>> = {
  ID: 'id',
  TYPE: 'type',
  STATUS: 'status',
  PAYLOAD_FORMAT: 'format',
  TARGET_URL: 'targetUrl',
  AUTHENTICATION: 'authentication',
  CREATED: 'created',
  MODIFIED: 'modified',
  MAILING_GROUP: 'id',
  NAME: 'id',
  TEMPLATE: 'id',
  INTEGRATION_ID: 'id',
  DATA: 'id',
};

/** A text that `problemOf` finds nothing wrong with. */
function text(problemOf: (value: string) => string | null): Joi.StringSchema {
  return Joi.string().custom((value: string, helpers) => {
    const problem = problemOf(value);
    return problem === null ? value : helpers.error('problem', { problem });
  });
}

/** Joi's conditions. */
function either(is: Joi.SchemaLike, yes: Joi.Schema, no?: Joi.Schema): Joi.WhenOptions {
  // biome-ignore lint/suspicious/noThenProperty: Joi's word for it; nobody awaits this.
  return { is, then: yes, ...(no && { otherwise: no }) };
}

function forbidden(message: string): Joi.Schema {
  return Joi.forbidden().messages({ 'any.unknown': message });
}

/** A field that this type of authentication needs, and no other has. */
function only(type: Authentication['type'], schema: Joi.StringSchema): Joi.Schema {
  return schema.when('type', either(type, Joi.required(), Joi.forbidden()));
}

const userName = text(userNameProblem).max(NAME_CHARACTERS);
const secret = text(secretProblem).max(SECRET_CHARACTERS);

const authenticationSchema = Joi.object({
  type: Joi.string().valid('none', 'basicAuth', 'keyAuth', 'standardWebhooks').required(),
  userName: only('basicAuth', userName),
  password: only('basicAuth', secret.allow('')),
  key: only('keyAuth', text(keyProblem).max(NAME_CHARACTERS)).description(
    'The name of a request header; none that frames or routes the request (Host, Content-*, …).',
  ),
  passphrase: only('keyAuth', secret).description('The value of that header.'),
  secret: text(signingSecretProblem)
    .when('type', either('standardWebhooks', Joi.optional(), Joi.forbidden()))
    .description(
      'whsec_ and the base64 of 24 to 64 bytes. Left out: one is made, and shown in this answer only.',
    ),
})
  .messages({ 'object.base': 'must be an object, in a form its JSON' })
  .description('How the POSTs to the target authenticate. Left out on update: the stored one stays.');

/** Create and update take the same fields. */
export function webhookSchema(policy: TargetPolicy): Joi.ObjectSchema {
  return Joi.object({
    targetUrl: text((url) => {
      const check = checkTargetUrl(url, policy);
      return check.ok ? null : check.reason;
    })
      .required()
      .description('https, port 443, a public host, no user info, at most 2,048 characters.')
      .example('https://hooks.example.com/postrider'),
    type: Joi.string()
      .valid(...EVENT_TYPES)
      .required()
      .description('The events that it gets.'),
    format: Joi.string().valid('json').required().description('Of the events.'),
    authentication: authenticationSchema
      .empty('')
      .when(
        'basicAuthUsername',
        either(Joi.exist(), forbidden('excludes basicAuthUsername: give one of them')),
      ),
    maxRequestsPerSecond: wholeNumber(1, MAX_REQUESTS_PER_SECOND)
      .allow(null)
      .description('How many POSTs a second it gets at most. null: no limit. Left out on update: it stays.'),
    basicAuthUsername: userName.empty('').description('Older form of authentication by basicAuth.'),
    basicAuthPassword: secret
      .empty('')
      .description('Goes with basicAuthUsername.')
      .when(
        'basicAuthUsername',
        either(Joi.exist(), Joi.required(), forbidden('needs basicAuthUsername beside it')),
      ),
    ...Object.fromEntries(READ_ONLY.map((name) => [name, Joi.any().strip()])),
  });
}

export function wholeNumber(least: number, most: number): Joi.NumberSchema {
  return Joi.number().empty('').integer().min(least).max(most);
}

export const listSchema = Joi.object({
  sort: Joi.string()
    .empty('')
    .valid(...Object.keys(SORT_KEYS))
    .default('CREATED')
    .description('What to sort by; what a webhook does not have sorts like ID.'),
  direction: Joi.string().empty('').valid('ASC', 'DESC').default('DESC'),
  offset: wholeNumber(0, MAX_INT32).default(0).description('How many webhooks to pass over.'),
  limit: wholeNumber(1, MAX_INT32).default(100).description('How many webhooks to list at most.'),
}).unknown();

export const verifySchema = Joi.object({
  mailingId: wholeNumber(1, Number.MAX_SAFE_INTEGER).required().description('Goes into the sample events.'),
  numberOfEvents: wholeNumber(1, MAX_EVENTS).default(1).description('How many sample events to send.'),
  include: Joi.string().empty('').valid('request').description('request: shows what was sent, too.'),
}).unknown();

/** What is left of a body once webhookSchema has passed it. */
interface WebhookBody extends GivenFields {
  readonly basicAuthUsername?: string;
  readonly basicAuthPassword?: string;
}

export interface VerificationRequest {
  readonly mailingId: number;
  readonly numberOfEvents: number;
  readonly include?: 'request';
}

export function parseWebhookFields(body: unknown, schema: Joi.ObjectSchema): GivenFields {
  const { basicAuthUsername, basicAuthPassword, ...fields } = validate<WebhookBody>(unpacked(body), schema);
  if (basicAuthUsername === undefined) return fields;
  const password = basicAuthPassword ?? '';
  return { ...fields, authentication: { type: 'basicAuth', userName: basicAuthUsername, password } };
}

/** A form has `authentication` as JSON text. Text that is none stays, for the schema to refuse. */
function unpacked(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('authentication' in body)) return body;
  const { authentication } = body;
  if (typeof authentication !== 'string' || authentication === '') return body;
  try {
    return { ...body, authentication: JSON.parse(authentication) };
  } catch {
    return body;
  }
}

export function parsePage(query: unknown): Page {
  const { sort, ...page } = validate<Omit<Page, 'sort'> & { sort: string }>(query, listSchema);
  return { ...page, sort: SORT_KEYS[sort] ?? 'created' };
}

export function parseVerification(query: unknown): VerificationRequest {
  return validate<VerificationRequest>(query, verifySchema);
}
