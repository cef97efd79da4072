import { describe, expect, it } from '@jest/globals';
import { ApiProblem } from '../problem.ts';
import { MAX_EVENTS, readEvents } from './readEvents.ts';
import type { EventsBody } from './receiveBody.ts';

const EVENT = { type: 'open', clientId: 7, created: 1, z: 1, a: [{}, null], id: '9007199254740993' };
const json = (value: unknown): EventsBody => ({ bytes: Buffer.from(JSON.stringify(value)), format: 'json' });
const lines = (text: string): EventsBody => ({ bytes: Buffer.from(text), format: 'ndjson' });
const line = JSON.stringify(EVENT);

function problemOf(body: EventsBody): string {
  try {
    readEvents(body, 7);
  } catch (error) {
    if (error instanceof ApiProblem) return error.problem;
    throw error;
  }
  return 'none';
}

describe('the events of a request', () => {
  it.each([
    ['an array', json([EVENT, EVENT])],
    ['an object with events', json({ events: [EVENT, EVENT], more: 1 })],
    ['lines', lines(`${line}\n${line}`)],
    [
      'lines with ends of Windows, blank ones and a byte order mark',
      lines(`\ufeff${line}\r\n\r\n \n${line}\r\n`),
    ],
  ])('come as %s, and stay as they are', (_how, body) => {
    const { events, rejected } = readEvents(body, 7);
    expect(rejected).toEqual([]);
    expect(events.map((event) => JSON.stringify(event))).toEqual([line, line]);
  });

  it.each([json([]), json({ events: [] }), lines(''), lines('\n\n')])('may be none: %#', (body) => {
    expect(readEvents(body, 7)).toEqual({ events: [], rejected: [] });
  });

  it('are rejected one by one, at their index and with their reason', () => {
    const body = json([
      'x',
      EVENT,
      { ...EVENT, type: 'opened' },
      { ...EVENT, clientId: 8 },
      { ...EVENT, created: '1' },
      EVENT,
      null,
    ]);
    const { events, rejected } = readEvents(body, 7);
    expect(events).toEqual([EVENT, EVENT]);
    expect(rejected).toEqual([
      { index: 0, reason: 'an event must be a JSON object, got "x"' },
      { index: 2, reason: '"type" must be a known event type, got "opened"' },
      { index: 3, reason: '"clientId" must be 7, as in the path, got 8' },
      { index: 4, reason: '"created" must be epoch milliseconds (a positive integer), got "1"' },
      { index: 6, reason: 'an event must be a JSON object, got null' },
    ]);
  });

  it('of lines, too: one that is no JSON holds up no other', () => {
    const { events, rejected } = readEvents(lines(`${line}\n\n{"type":\n[]\n${line}`), 7);
    expect(events).toHaveLength(2);
    expect(rejected).toEqual([
      { index: 1, reason: 'the line is not valid JSON' },
      { index: 2, reason: 'an event must be a JSON object, got an array' },
    ]);
  });

  it.each<[string, EventsBody, string]>([
    ['no JSON', { ...lines('{'), format: 'json' }, 'malformed-request'],
    ['nothing at all', { ...lines(''), format: 'json' }, 'malformed-request'],
    ['a text', json('x'), 'malformed-request'],
    ['null', json(null), 'malformed-request'],
    ['a single event', json(EVENT), 'invalid-request'],
    ['an object with something else', json({ events: {} }), 'invalid-request'],
    ['no UTF-8', { bytes: Buffer.from([0x5b, 0x22, 0xc3, 0x22, 0x5d]), format: 'json' }, 'malformed-request'],
    ['as many as may be', json(Array(MAX_EVENTS).fill(EVENT)), 'none'],
    ['one too many', json(Array(MAX_EVENTS + 1).fill(EVENT)), 'body-too-large'],
    ['one line too many', lines(`${line}\n`.repeat(MAX_EVENTS + 1)), 'body-too-large'],
  ])('%s', (_what, body, problem) => {
    expect(problemOf(body)).toBe(problem);
  });
});
