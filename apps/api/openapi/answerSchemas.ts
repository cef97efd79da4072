import { EVENT_TYPES } from '#libs/domain/eventType.ts';
import { WEBHOOK_STATUSES } from '#libs/domain/webhook.ts';
import { AUDIT_ACTIONS } from '#libs/store/auditLog.ts';
import { PROBLEMS } from '../problem.ts';
import { CLIENT_ANSWERS } from './clientAnswers.ts';
import { DELIVERY_ANSWERS } from './deliveryAnswers.ts';
import type { JsonSchema } from './joiToJsonSchema.ts';
import { count, id, object, text, time } from './jsonSchemas.ts';
import { RESEND_ANSWERS } from './resendAnswers.ts';

/** What the API answers. The tests of the contract compare every answer that they get with these. */

function authenticationOf(
  type: string,
  more: Readonly<Record<string, JsonSchema>> = {},
  optional: readonly string[] = [],
): JsonSchema {
  return { title: type, ...object({ type: { ...text, const: type }, ...more }, optional) };
}

export const ANSWER_SCHEMAS = {
  Webhook: object(
    {
      id,
      type: { ...text, enum: EVENT_TYPES },
      status: { ...text, enum: WEBHOOK_STATUSES },
      format: { ...text, enum: ['json'] },
      targetUrl: { ...text, format: 'uri' },
      authentication: {
        description: 'Without the password, passphrase or secret, which is never shown.',
        oneOf: [
          authenticationOf('none'),
          authenticationOf('basicAuth', { userName: text }),
          authenticationOf('keyAuth', { key: text }),
          authenticationOf(
            'standardWebhooks',
            { secret: { ...text, description: 'Only in the answer to the request for which it was made.' } },
            ['secret'],
          ),
        ],
      },
      maxRequestsPerSecond: {
        type: 'integer',
        minimum: 1,
        maximum: 1000,
        description: 'Left out when there is no limit.',
      },
      created: time,
      modified: time,
    },
    ['maxRequestsPerSecond'],
  ),
  Verification: object(
    {
      id,
      httpStatusCode: {
        type: 'integer',
        minimum: 0,
        maximum: 999,
        description: "The target's status; 0 when no answer came.",
      },
      responseBody: { ...text, description: "The target's answer, or why none came." },
      numberOfEvents: { type: 'integer', minimum: 1, maximum: 100 },
      targetUrl: { ...text, format: 'uri' },
      requestBody: { ...text, description: 'What was sent; only with include=request.' },
    },
    ['requestBody'],
  ),
  AuditPage: object({
    items: {
      type: 'array',
      items: object({
        id,
        at: time,
        action: { ...text, enum: AUDIT_ACTIONS },
        user: text,
        address: { ...text, description: 'Where the request came from.' },
        changes: {
          type: 'array',
          description: 'Of a password or passphrase, only that it was set.',
          items: object({ field: text, from: {}, to: {} }, ['from', 'to']),
        },
      }),
    },
    nextCursor: { type: ['string', 'null'], description: 'For the page that follows; null after the last.' },
  }),
  Session: object({
    user: text,
    operator: { type: 'boolean', description: 'May act for every client.' },
    clientIds: {
      type: 'array',
      items: id,
      description: 'The clients that the user may act for, if not all.',
    },
  }),
  QueuedEvents: object({
    accepted: { ...count, description: 'How many are queued.' },
    rejected: {
      type: 'array',
      items: object({
        index: { ...count, description: 'Which one of the request, from 0.' },
        reason: text,
      }),
    },
  }),
  ...CLIENT_ANSWERS,
  ...DELIVERY_ANSWERS,
  ...RESEND_ANSWERS,
  Egress: object({ addresses: { type: 'array', items: text, examples: [['203.0.113.7']] } }),
  Problem: {
    description: 'RFC 9457.',
    ...object(
      {
        type: { ...text, enum: Object.keys(PROBLEMS).map((name) => `urn:postrider:problem:${name}`) },
        title: text,
        status: { type: 'integer', minimum: 400, maximum: 599 },
        detail: { ...text, description: 'What to do about it.' },
        errors: {
          type: 'array',
          description: 'All wrong fields at once.',
          items: object({ field: text, message: text }),
        },
      },
      ['errors'],
    ),
  },
} as const satisfies Readonly<Record<string, JsonSchema>>;

export type AnswerSchemaName = keyof typeof ANSWER_SCHEMAS;
