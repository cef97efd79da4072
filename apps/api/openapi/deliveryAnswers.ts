import type { JsonSchema } from './joiToJsonSchema.ts';
import { count, id, object, text, time } from './jsonSchemas.ts';

const timeOrNull = { ...time, type: ['string', 'null'] };
const durationOrNull = { type: ['integer', 'null'], minimum: 0 };

export const DELIVERY_ANSWERS = {
  DeliveryPage: object({
    items: {
      type: 'array',
      items: object({
        id,
        at: { ...time, description: 'When the POST began.' },
        outcome: { ...text, enum: ['delivered', 'failed'] },
        httpStatusCode: {
          ...count,
          maximum: 999,
          description: "The target's status; 0 when no answer came.",
        },
        error: {
          type: ['string', 'null'],
          enum: ['dns', 'refused', 'reset', 'timeout', 'tls', 'blocked', 'status', null],
          description: '`status`: the target answered, but not with 200.',
        },
        durationMs: count,
        events: { ...count, description: 'How many events it carried.' },
        attemptMin: { ...count, description: 'The lowest `attempt` of its events.' },
        attemptMax: count,
        responseBody: { ...text, description: 'The first 1,024 bytes of the answer.' },
      }),
    },
    nextCursor: { type: ['string', 'null'], description: 'For the page that follows; null after the last.' },
  }),
  Statistics: object({
    pending: { ...count, description: 'Events that wait.' },
    oldestPending: {
      ...timeOrNull,
      description: 'When the event that has waited longest was created, or resent.',
    },
    nextTry: { ...timeOrNull, description: 'Null when nothing waits for a next try.' },
    lastSuccess: timeOrNull,
    lastError: {
      type: ['string', 'null'],
      description: 'Of the last failed transmission, however long ago.',
    },
    intervals: {
      type: 'array',
      items: object({
        start: { ...time, description: 'An interval is an hour.' },
        received: { ...count, description: 'Events that were collected for the webhook.' },
        delivered: { ...count, description: 'Events that the target accepted.' },
        failed: { ...count, description: 'Events in failed transmissions, counted for each of them.' },
        discarded: { ...count, description: 'Events that were given up, as their time was over.' },
        durationMsP50: { ...durationOrNull, description: 'Of all transmissions; null: there was none.' },
        durationMsP95: durationOrNull,
      }),
    },
  }),
} as const satisfies Readonly<Record<string, JsonSchema>>;
