import { expect, it } from '@jest/globals';
import { parseEvent } from '#libs/domain/event.ts';
import { SAMPLE_EVENTS } from '#libs/domain/sampleEvents.ts';
import { countEvents, DEMO_TYPES, freshSamples, waveEvents } from './demoEvents.ts';

const NOW = 1_800_000_000_000;

it('takes the examples as they are, but created now and without an attempt', () => {
  const given = DEMO_TYPES.flatMap((type): readonly object[] => SAMPLE_EVENTS[type]);
  const wanted = given.map((sample) => ({ ...sample, created: NOW, attempt: undefined }));
  expect(freshSamples(NOW)).toEqual(wanted);
});

it('makes events that Postrider takes, each of another mail within its type', () => {
  const range = { from: 1, to: 101 };
  const events = waveEvents({ sending: range, reacting: range, now: NOW });
  expect(events.map((event) => parseEvent(event, event.type)).filter(({ ok }) => !ok)).toEqual([]);
  const keys = [...events, ...freshSamples(NOW)].map(({ type, mailId }) => `${type} ${mailId}`);
  expect(new Set(keys).size).toBe(keys.length);
});

it('lets each reaction follow its mail by a wave', () => {
  const first = waveEvents({ sending: { from: 1, to: 41 }, reacting: { from: 1, to: 1 }, now: NOW });
  const second = waveEvents({ sending: { from: 41, to: 41 }, reacting: { from: 1, to: 41 }, now: NOW });
  expect(new Set(first.map(({ type }) => type))).toEqual(new Set(['sent']));
  expect(new Set(second.map(({ type }) => type))).toEqual(new Set(DEMO_TYPES.slice(1)));
  const sent = first.map(({ mailId }) => mailId);
  expect(second.every(({ mailId }) => sent.includes(mailId))).toBe(true);
});

it('knows beforehand how many events there will be', () => {
  expect(Object.fromEntries(countEvents(40))).toEqual({
    sent: 41,
    open: 22,
    click: 11,
    bounce: 5,
    unsubscribe: 3,
    spamcomplaint: 2,
  });
});
