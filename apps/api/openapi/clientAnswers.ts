import type { JsonSchema } from './joiToJsonSchema.ts';
import { count, id, object } from './jsonSchemas.ts';

export const CLIENT_ANSWERS = {
  ClientList: object({
    items: {
      type: 'array',
      items: object({
        clientId: id,
        webhooks: count,
        activated: count,
        suspended: count,
        failing: { ...count, description: 'Of those that are activated.' },
      }),
    },
  }),
} as const satisfies Readonly<Record<string, JsonSchema>>;
