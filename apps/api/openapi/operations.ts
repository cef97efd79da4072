import { auditSchema } from '../auditRoutes.ts';
import { listSchema, verifySchema, webhookSchema } from '../webhookSchemas.ts';
import { CLIENT_OPERATIONS } from './clientOperations.ts';
import { DELIVERY_OPERATIONS } from './deliveryOperations.ts';
import { EVENT_OPERATIONS } from './eventOperations.ts';
import { type Operation, WITH_BODY } from './operation.ts';
import { RESEND_OPERATIONS } from './resendOperations.ts';
import { SESSION_OPERATIONS } from './sessionOperations.ts';

const LIST = '/rest/{clientId}/webhooks';
const ONE = `${LIST}/{webhookId}`;
const ON_ONE = ['no-such-webhook', 'foreign-webhook'] as const;
const WEBHOOK = { status: 200, schema: 'Webhook' } as const;

// What is checked of a target depends on the policy, but nothing that a schema can say.
const fields = webhookSchema({ mode: 'strict', allow: [] });

const verify = {
  path: `${ONE}/verify`,
  tag: 'Life of a webhook',
  description:
    'POSTs realistic sample events to the target, once, with the webhook’s authentication, and answers 200 ' +
    'whatever the target answered.',
  query: verifySchema,
  answer: { status: 200, description: 'What came back.', schema: 'Verification', isArray: true },
} as const;

/** Every operation of the API, once. A test compares this list with the routes. */
export const OPERATIONS: readonly Operation[] = [
  {
    id: 'listWebhooks',
    method: 'get',
    path: LIST,
    tag: 'Webhooks',
    summary: "List the client's webhooks",
    query: listSchema,
    answer: { status: 200, description: 'A page of webhooks.', schema: 'Webhook', isArray: true },
    problems: [],
  },
  {
    id: 'createWebhook',
    method: 'post',
    path: LIST,
    tag: 'Webhooks',
    summary: 'Create a webhook',
    description: 'It gets no events before it is activated.',
    body: fields,
    answer: {
      status: 201,
      description: 'The webhook, its status "created".',
      schema: 'Webhook',
      location: true,
    },
    problems: [...WITH_BODY, 'limit-reached'],
  },
  {
    id: 'getWebhook',
    method: 'get',
    path: ONE,
    tag: 'Webhooks',
    summary: 'Get a webhook',
    answer: { ...WEBHOOK, description: 'The webhook.' },
    problems: ON_ONE,
  },
  {
    id: 'updateWebhook',
    method: 'put',
    path: ONE,
    tag: 'Webhooks',
    summary: 'Update a webhook',
    description: 'A changed target or password applies to the next POST.',
    body: fields,
    answer: { ...WEBHOOK, description: 'The webhook as it is now.' },
    problems: [...WITH_BODY, ...ON_ONE],
  },
  {
    id: 'deleteWebhook',
    method: 'delete',
    path: ONE,
    tag: 'Webhooks',
    summary: 'Delete a webhook',
    description: 'Drops the events that wait for it.',
    answer: { status: 204, description: 'It is gone.' },
    problems: [...ON_ONE, 'wrong-status', 'cross-site'],
  },
  {
    ...verify,
    id: 'verifyWebhook',
    method: 'get',
    summary: 'Try the target out',
    problems: [...ON_ONE, 'not-verifiable'],
  },
  {
    ...verify,
    id: 'verifyWebhookByPost',
    method: 'post',
    summary: 'Try the target out, too',
    problems: [...WITH_BODY, ...ON_ONE, 'not-verifiable'],
  },
  {
    id: 'activateWebhook',
    method: 'post',
    path: `${ONE}/activate`,
    tag: 'Life of a webhook',
    summary: 'Begin to collect and deliver events',
    answer: { ...WEBHOOK, description: 'The webhook, its status "activated".' },
    problems: [...WITH_BODY, ...ON_ONE, 'wrong-status'],
  },
  {
    id: 'deactivateWebhook',
    method: 'post',
    path: `${ONE}/deactivate`,
    tag: 'Life of a webhook',
    summary: 'Stop the POSTs at once',
    description: 'What is pending waits, until its 72 hours are over, for a reactivation.',
    answer: { ...WEBHOOK, description: 'The webhook, its status "deactivated".' },
    problems: [...WITH_BODY, ...ON_ONE, 'wrong-status'],
  },
  {
    id: 'listAudit',
    method: 'get',
    path: `${ONE}/audit`,
    tag: 'Webhooks',
    summary: 'Who did what to a webhook, and when',
    description: 'Newest first. Operators see what was done to a deleted webhook, too.',
    query: auditSchema,
    answer: { status: 200, description: 'A page of changes.', schema: 'AuditPage' },
    problems: ON_ONE,
  },
  ...EVENT_OPERATIONS,
  ...RESEND_OPERATIONS,
  ...DELIVERY_OPERATIONS,
  ...CLIENT_OPERATIONS,
  ...SESSION_OPERATIONS,
  {
    id: 'getEgress',
    method: 'get',
    path: '/rest/egress',
    tag: 'Egress',
    summary: 'Where deliveries come from',
    description: 'The addresses to let in, where a target’s firewall asks for them.',
    answer: {
      status: 200,
      description: 'Addresses and ranges; none when they are not fixed.',
      schema: 'Egress',
    },
    problems: [],
  },
];
