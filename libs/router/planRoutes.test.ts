import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Event } from '#libs/domain/event.ts';
import type { EventType } from '#libs/domain/eventType.ts';
import { planRoutes } from './planRoutes.ts';

const ROUTES = new Map([
  [
    1,
    [
      { id: 11, type: 'open' as const },
      { id: 12, type: 'click' as const },
    ],
  ],
  [
    2,
    [
      { id: 21, type: 'open' as const },
      { id: 22, type: 'open' as const },
    ],
  ],
  [3, []],
  [5, [{ id: 51, type: 'open' as const, until: 1_000 }]],
]);
const BATCH_SIZE = 3;

function event(clientId: number, type: EventType = 'open', n = 0): Event {
  return { type, clientId, created: 1, text: `${n}` };
}

function shape(events: readonly Event[], addedAt = 1) {
  const chunks = planRoutes([{ events, addedAt }], ROUTES, BATCH_SIZE);
  return chunks.map((chunk) => [chunk.webhookId, ...chunk.events.map(({ text }) => Number(text))]);
}

describe('planRoutes', () => {
  it.each([
    ['no event', [], []],
    ['a client without webhooks', [event(3)], []],
    ['a client that is not known', [event(4)], []],
    ['a type that no webhook of the client has', [event(1, 'bounce')], []],
    ['the webhook of client and type', [event(1, 'click', 7)], [[12, 7]]],
    [
      'two webhooks of the same type both get it',
      [event(2, 'open', 7)],
      [
        [21, 7],
        [22, 7],
      ],
    ],
    [
      'one chunk a webhook, in the order of arrival',
      [event(1, 'open', 1), event(1, 'click', 2), event(1, 'open', 3)],
      [
        [11, 1, 3],
        [12, 2],
      ],
    ],
    [
      'chunks of the batch size',
      [1, 2, 3, 4].map((n) => event(1, 'open', n)),
      [
        [11, 1, 2, 3],
        [11, 4],
      ],
    ],
  ])('%s', (_name, events, expected) => {
    expect(shape(events)).toEqual(expected);
  });

  it.each([
    ['before', 999, [[51, 7]]],
    ['in the same millisecond as', 1_000, [[51, 7]]],
    ['after', 1_001, []],
    ['nobody knows when, compared to', Number.NaN, []],
  ])('what was added %s the deactivation of a webhook', (_when, addedAt, expected) => {
    expect(shape([event(5, 'open', 7)], addedAt)).toEqual(expected);
  });

  it('keeps the order of jobs', () => {
    const jobs = [3, 1, 2].map((n) => ({ events: [event(1, 'open', n)], addedAt: n }));
    const [chunk] = planRoutes(jobs, ROUTES, BATCH_SIZE);
    expect(chunk?.events.map(({ text }) => Number(text))).toEqual([3, 1, 2]);
  });

  it('gives every event to each of its webhooks exactly once, in order, in full chunks', () => {
    const anyEvent = fc
      .tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom<EventType>('open', 'click', 'bounce'))
      .map(([clientId, type]) => event(clientId, type));
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        const chunks = planRoutes([{ events, addedAt: 1 }], ROUTES, BATCH_SIZE);
        for (const [clientId, webhooks] of ROUTES) {
          for (const { id, type } of webhooks) {
            const own = chunks.filter(({ webhookId }) => webhookId === id);
            expect(own.flatMap((chunk) => chunk.events)).toEqual(
              events.filter((each) => each.clientId === clientId && each.type === type),
            );
            expect(own.slice(0, -1).every((chunk) => chunk.events.length === BATCH_SIZE)).toBe(true);
          }
        }
        expect(chunks.every((chunk) => chunk.events.length > 0)).toBe(true);
      }),
    );
  });
});
