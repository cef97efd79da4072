import { EVENT_TYPES } from '#libs/domain/eventType.ts';
import { MAX_EVENTS } from '../events/readEvents.ts';
import type { JsonSchema } from './joiToJsonSchema.ts';
import { id, text } from './jsonSchemas.ts';
import { type Operation, WITH_BODY } from './operation.ts';

const EVENT: JsonSchema = {
  type: 'object',
  description: 'An event. What it has beside these fields is passed on unchanged.',
  properties: {
    type: { ...text, enum: EVENT_TYPES },
    clientId: { ...id, description: 'As in the path.' },
    created: { type: 'integer', minimum: 1, description: 'When it happened, in epoch milliseconds.' },
  },
  required: ['type', 'clientId', 'created'],
  additionalProperties: true,
};
const EVENTS: JsonSchema = { type: 'array', items: EVENT, maxItems: MAX_EVENTS };

/** What a mail engine needs that does not speak BullMQ. */
export const EVENT_OPERATIONS: readonly Operation[] = [
  {
    id: 'queueEvents',
    method: 'post',
    path: '/rest/{clientId}/events',
    tag: 'Events',
    summary: 'Queue events',
    description:
      `Up to ${MAX_EVENTS} events, as an array, as { "events": [ … ] } or a line each (NDJSON); plain or packed by ` +
      'gzip or zstd (Content-Encoding). Answers once those that are valid are queued; the others are named, and ' +
      'hold up nobody.',
    headers: [
      {
        name: 'Idempotency-Key',
        in: 'header',
        description:
          'Within a day, the same key with the same body has the same answer, and nothing is queued twice.',
        schema: { ...text, minLength: 1, maxLength: 255 },
      },
    ],
    content: {
      'application/json': {
        oneOf: [EVENTS, { type: 'object', properties: { events: EVENTS }, required: ['events'] }],
      },
      'application/x-ndjson': { ...text, description: 'An event a line.' },
    },
    answer: { status: 202, description: 'What became of the events.', schema: 'QueuedEvents' },
    problems: [...WITH_BODY, 'key-in-use', 'key-reused'],
  },
];
