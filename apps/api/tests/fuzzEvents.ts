import fc from 'fast-check';
import { EVENT_TYPES } from '#libs/domain/eventType.ts';
import { number, text } from './fuzzValues.ts';

export const NDJSON_TYPE = 'application/x-ndjson';

const event = fc.oneof(
  fc.record(
    {
      type: fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom(...EVENT_TYPES) },
        { weight: 1, arbitrary: text },
      ),
      clientId: fc.oneof(fc.constantFrom(1, 2, 123456789001), number),
      created: number,
      attempt: fc.jsonValue(),
    },
    { requiredKeys: [] },
  ),
  fc.jsonValue(),
);

/** Bodies of events that are mostly right, in every form that there is. */
export const anyEvents = fc
  .tuple(fc.array(event, { maxLength: 5 }), fc.constantFrom('application/json', NDJSON_TYPE), fc.boolean())
  .map(([events, type, wrapped]) => {
    const lines = events.map((each) => JSON.stringify(each)).join('\n');
    return { type, given: type === NDJSON_TYPE ? lines : JSON.stringify(wrapped ? { events } : events) };
  });
