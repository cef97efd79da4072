import { describe, expect, it } from '@jest/globals';
import type { Standing } from '#libs/backlog/standings.ts';
import { makeEvent, makeEvents } from '#libs/testing/fixtures.ts';
import { deliveryJobName, deliveryProgress, eventsJobName, shownEvents } from './shownJob.ts';

const STANDING: Standing = {
  lane: 'retries',
  pending: 250,
  failures: 12,
  nextTryAt: 10_000,
  lastSuccessAt: null,
  lastFailureAt: 5_000,
  lastError: 'status 503',
};

describe('what is shown of a job with events', () => {
  it('is how many there are and which fields they have, never what is in those', () => {
    const event = makeEvent({
      recipientId: 'jane@example.com',
      'john@example.com': 1,
      created: 5,
      clientId: 7,
    });
    const shown = shownEvents({ events: [event, null, 'jane@example.com', ['jane@example.com']] });
    expect(shown).toMatchObject({
      numberOfEvents: 4,
      shownEvents: [
        {
          type: 'open',
          clientId: 7,
          created: 5,
          otherFields: expect.arrayContaining(['recipientId', 'id']),
          fieldsNotShown: 1,
        },
        'null',
        'no object (string)',
        'no object (object)',
      ],
    });
    expect(JSON.stringify(shown)).not.toMatch(/jane|john/);
  });

  it.each([
    [makeEvent(), 1],
    [{ events: makeEvents(3) }, 3],
    [{ events: [] }, 0],
    ['jane@example.com', 1],
    [undefined, 1],
    [{ type: 'jane@example.com', clientId: 'jane@example.com', created: { jane: 1 } }, 1],
  ])('is bounded and safe, whatever it is: %#', (data, count) => {
    expect(shownEvents(data)).toMatchObject({ numberOfEvents: count });
    expect(JSON.stringify(shownEvents(data))).not.toContain('jane');
    expect(eventsJobName('open', data)).toBe(`${count} ${count === 1 ? 'event' : 'events'} of type open`);
  });

  it('is the first ones of many', () => {
    const { length } = JSON.stringify(shownEvents({ events: makeEvents(1_000) }));
    expect(length).toBeLessThan(10_000);
  });
});

describe('what is shown of a delivery job', () => {
  it('has how far it is, and the last error', () => {
    expect(deliveryJobName(17, STANDING)).toBe('Webhook 17: 250 events wait, failed 12 times (status 503)');
    expect(deliveryJobName(17, { ...STANDING, failures: 0, pending: 1 })).toBe('Webhook 17: 1 event waits');
    expect(deliveryProgress(STANDING)).toEqual({
      pendingEvents: 250,
      failuresInARow: 12,
      nextTry: '1970-01-01T00:00:10.000Z',
      lastSuccess: null,
      lastFailure: '1970-01-01T00:00:05.000Z',
      lastError: 'status 503',
    });
  });
});
