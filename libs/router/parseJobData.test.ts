import { describe, expect, it } from '@jest/globals';
import { countEvents, describeRejected, parseJobData } from './parseJobData.ts';

const EVENT = { type: 'open', clientId: 1, created: 1564590054000 };

/** What came of reading the data: the clients of valid events, and the reasons of the others. */
function outcome(data: unknown) {
  const read = parseJobData(data, 'open');
  if (!read.ok) return read.reason;
  return read.parsed.map((each) => (each.ok ? each.event.clientId : each.reason));
}

const ALLOWED = 'an event or { "events": [...] } with 1 to 1000 events';

describe('parseJobData', () => {
  it.each([
    ['one event', EVENT, [1]],
    ['an array of events', { events: [EVENT, { ...EVENT, clientId: 2 }] }, [1, 2]],
    ['1,000 events', { events: Array(1_000).fill(EVENT) }, Array(1_000).fill(1)],
    ['an event with a field "events" of its own', { ...EVENT, events: [1, 2] }, [1]],
    ['an invalid one among valid ones', { events: [EVENT, 5] }, [1, 'an event must be a JSON object, got 5']],
    ['an event without type', { clientId: 1 }, ['"type" must be a known event type, got nothing']],
    ['no events', { events: [] }, `The job's data must be ${ALLOWED}, but "events" has 0 elements.`],
    [
      'too many events',
      { events: Array(1_001).fill(EVENT) },
      `The job's data must be ${ALLOWED}, but "events" has 1001 elements.`,
    ],
    [
      '"events" not an array',
      { events: 1 },
      `The job's data must be ${ALLOWED}, but "events" is not an array.`,
    ],
    ['a text', 'a', `The job's data must be ${ALLOWED}, but it is neither.`],
    ['null', null, `The job's data must be ${ALLOWED}, but it is neither.`],
    ['an array', [EVENT], `The job's data must be ${ALLOWED}, but it is neither.`],
  ])('%s', (_name, data, expected) => {
    expect(outcome(data)).toEqual(expected);
  });

  it.each([
    ['one event', EVENT, 1],
    ['several', { events: [EVENT, EVENT] }, 2],
    ['an event with a field "events" of its own', { ...EVENT, events: [1, 2] }, 1],
    ['what is neither', null, 1],
  ])('counts %s', (_name, data, expected) => {
    expect(countEvents(data)).toBe(expected);
  });
});

describe('describeRejected', () => {
  it.each([
    ['the only event', ['bad'], 1, 'The event is invalid: bad.'],
    ['all of several', ['a', 'b'], 2, '2 of 2 events are invalid: events[0]: a; events[1]: b.'],
    [
      'some, numbered as they are in the job that is left',
      ['a'],
      10,
      '1 of 10 events are invalid (the valid ones went on and are no longer in this job): events[0]: a.',
    ],
    [
      'many',
      ['a', 'b', 'c', 'd', 'e'],
      5,
      '5 of 5 events are invalid: events[0]: a; events[1]: b; events[2]: c; and 2 more.',
    ],
  ])('%s', (_name, reasons, count, expected) => {
    expect(describeRejected(reasons, count)).toBe(expected);
  });
});
