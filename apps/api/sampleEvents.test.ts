import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { parseEvent } from '#libs/domain/event.ts';
import { EVENT_TYPES } from '#libs/domain/eventType.ts';
import { SAMPLE_EVENTS, type SampledType } from '#libs/domain/sampleEvents.ts';
import { isVerifiable, sampleEvents } from './sampleEvents.ts';

const request = { clientId: 12, mailingId: 34, now: 1_700_000_000_000, newId: randomUUID };

describe.each(EVENT_TYPES.filter(isVerifiable))('sample events of the type %s', (type) => {
  const events = sampleEvents({ ...request, type, count: 100 });

  it('are valid, of the client, the mailing and now, in their first transmission', () => {
    for (const event of events) {
      expect(parseEvent(event, type)).toMatchObject({ ok: true });
      expect(event).toMatchObject({
        type,
        clientId: 12,
        mailingId: 34,
        created: 1_700_000_000_000,
        attempt: 1,
      });
    }
  });

  it('are all of different mails', () => {
    for (const name of 'id' in (events[0] ?? {}) ? ['id', 'mailId'] : ['mailId']) {
      expect(new Set(events.map((event) => event[name])).size).toBe(100);
    }
    expect(events[0]?.mailId).toMatch(/^[0-9A-F]{7}-[0-9A-F]{7}-[0-9A-F]{6}$/);
  });

  it('have the fields of the published example', () => {
    if (!(type in SAMPLE_EVENTS)) return;
    const [sample] = SAMPLE_EVENTS[type as SampledType];
    expect(Object.keys(events[0] ?? {}).sort()).toEqual(Object.keys(sample ?? {}).sort());
  });
});
