import { discardedSchema, resendSchema } from '../resendSchemas.ts';
import { type Operation, WITH_BODY } from './operation.ts';

const ONE = '/rest/{clientId}/webhooks/{webhookId}';
const ON_ONE = ['no-such-webhook', 'foreign-webhook'] as const;

/** What was discarded, and how to get it after all. */
export const RESEND_OPERATIONS: readonly Operation[] = [
  {
    id: 'resendEvents',
    method: 'post',
    path: `${ONE}/resend`,
    tag: 'Life of a webhook',
    summary: 'Queue events again that were discarded, or archived',
    description:
      'By the time when they were created, or by their ids. A resent event starts anew: attempt 1, 72 hours from now.',
    body: resendSchema,
    answer: { status: 202, description: 'How many events were queued again.', schema: 'Resent' },
    problems: [...WITH_BODY, ...ON_ONE, 'wrong-status'],
  },
  {
    id: 'listDiscarded',
    method: 'get',
    path: `${ONE}/discarded`,
    tag: 'Life of a webhook',
    summary: 'What was discarded and can be resent',
    description: 'In chunks of up to 100 events, those that were discarded last first.',
    query: discardedSchema,
    answer: { status: 200, description: 'A page of chunks.', schema: 'DiscardedPage' },
    problems: ON_ONE,
  },
];
