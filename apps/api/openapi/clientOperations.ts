import { clientsSchema } from '../clientRoutes.ts';
import type { Operation } from './operation.ts';

export const CLIENT_OPERATIONS: readonly Operation[] = [
  {
    id: 'listClients',
    method: 'get',
    path: '/rest/clients',
    tag: 'Webhooks',
    summary: 'Which clients have webhooks, and how they are',
    description: 'For operators. First those of which webhooks fail or are suspended.',
    query: clientsSchema,
    answer: { status: 200, description: 'The clients.', schema: 'ClientList' },
    problems: [],
  },
];
