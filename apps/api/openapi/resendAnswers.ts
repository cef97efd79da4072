import type { JsonSchema } from './joiToJsonSchema.ts';
import { count, id, object, text, time } from './jsonSchemas.ts';

export const RESEND_ANSWERS = {
  Resent: object(
    {
      events: { ...count, description: 'How many were queued again.' },
      nextCursor: {
        ...text,
        description: 'There are more than one request resends: ask again, with this as the cursor.',
      },
    },
    ['nextCursor'],
  ),
  DiscardedPage: object({
    items: {
      type: 'array',
      items: object({
        id,
        at: { ...time, description: 'When they were discarded.' },
        reason: { ...text, enum: ['expired'] },
        events: { ...count, minimum: 1 },
        oldest: { ...time, description: 'When the oldest of them was created.' },
        newest: { ...time, description: 'When the newest of them was created.' },
      }),
    },
    nextCursor: { type: ['string', 'null'], description: 'For the page that follows; null after the last.' },
  }),
} as const satisfies Readonly<Record<string, JsonSchema>>;
