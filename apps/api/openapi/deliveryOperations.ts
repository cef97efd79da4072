import { deliveriesSchema, statisticsSchema } from '../deliverySchemas.ts';
import type { Operation } from './operation.ts';

const ONE = '/rest/{clientId}/webhooks/{webhookId}';
const ON_ONE = ['no-such-webhook', 'foreign-webhook'] as const;

/** Of those who ask what became of their events. */
export const DELIVERY_OPERATIONS: readonly Operation[] = [
  {
    id: 'listDeliveries',
    method: 'get',
    path: `${ONE}/deliveries`,
    tag: 'Deliveries',
    summary: 'What became of each POST',
    description:
      'Newest first; a POST is here within a few seconds, and for DELIVERY_LOG_DAYS. A search, or one for an ' +
      'outcome, through very much may answer with fewer items than asked for, or none: go on while there is a ' +
      'nextCursor.',
    query: deliveriesSchema,
    answer: { status: 200, description: 'A page of transmissions.', schema: 'DeliveryPage' },
    problems: ON_ONE,
  },
  {
    id: 'getStatistics',
    method: 'get',
    path: `${ONE}/statistics`,
    tag: 'Deliveries',
    summary: 'What waits, and what was delivered in each hour',
    description: 'Counts are of events, a few seconds late, and kept for DELIVERY_LOG_DAYS.',
    query: statisticsSchema,
    answer: {
      status: 200,
      description: 'How it stands now, and the hours, oldest first.',
      schema: 'Statistics',
    },
    problems: ON_ONE,
  },
];
