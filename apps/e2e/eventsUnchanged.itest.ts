import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeEvent } from '#libs/testing/fixtures.ts';
import { type Platform, startPlatform } from './platform.ts';

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

/** Adds one event as a foreign producer does, and returns the text that the customer got for it. */
async function sendThrough(fields: Readonly<Record<string, unknown>>) {
  const customer = await platform.customer();
  const { match } = await platform.activated({ customer });
  const event = { ...match, created: Date.now(), ...fields };
  await platform.queues.events('open').add('open', event);
  const [request] = await customer.waitForRequests(1);
  return { event, rawBody: request?.rawBody ?? '' };
}

/** What the contract promises: the event's own text, then its attempt. */
function asSent(event: Readonly<Record<string, unknown>>): string {
  const { attempt, ...fields } = { attempt: undefined, ...event };
  return `[${JSON.stringify({ ...fields, attempt: 1 })}]`;
}

const DEEP = Array.from({ length: 200 }).reduce<unknown>((inner, _, depth) => ({ depth, inner }), 'end');

describe('Events in (contract §2): everything else in an event is passed through unchanged', () => {
  it.each<[string, Record<string, unknown>]>([
    [
      'unknown fields',
      { brandNew: true, 'with space': 1, 'a.b': null, $set: {}, constructor: 'x', '': 'empty' },
    ],
    ['fields named as those of an object', JSON.parse('{"__proto__":{"polluted":1},"toJSON":"x"}')],
    ['an "events" field of its own', { events: [1, 2, 3] }],
    ['nested objects and arrays', { a: { b: [{ c: [[], {}, [null]] }] }, list: [1, 'two', false, null] }],
    ['200 levels of nesting', { DEEP }],
    ['numbers', { zero: 0, negative: -1.5, tiny: 5e-324, huge: 1.7976931348623157e308, max: 2 ** 53 - 1 }],
    ['texts that look like something else', { id: '123456789005', at: '2026-01-01T00:00:00Z', no: 'null' }],
    [
      'all planes of Unicode',
      { name: 'Zoë Ångström', 名前: '山田', emoji: '👩‍👩‍👧‍👦🇩🇪', rtl: 'שלום', nfd: 'e\u0301' },
    ],
    [
      'control characters and separators',
      { text: '\u0000\u0001\b\t\n\r\f\u001f\u007f\u2028\u2029\ufeff"\\/' },
    ],
    ['halves of surrogate pairs', { text: 'a\ud800b\udc00c' }],
    ['markup', { html: '</script><b>&amp;\'"</b>' }],
    ['a text of a megabyte', { text: 'ä0'.repeat(500_000) }],
    ['a thousand fields', Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`field${i}`, i]))],
  ])('%s', async (_name, fields) => {
    const { event, rawBody } = await sendThrough(fields);
    expect(rawBody === asSent(event) || rawBody).toBe(true);
  });

  it('in the order received', async () => {
    const { event, rawBody } = await sendThrough({ zulu: 1, alpha: { y: 1, x: 2, b: 3, a: 4 }, mike: 3 });
    expect(rawBody).toBe(asSent(event));
    expect(Object.keys(JSON.parse(rawBody)[0])).toEqual([...Object.keys(event), 'attempt']);
  });

  it('as JSON that another language writes, with its spaces, escapes and numbers', async () => {
    const customer = await platform.customer();
    const { clientId } = await platform.activated({ customer });
    const queue = platform.queues.events('open');
    const job = await queue.add('open', makeEvent({ clientId }), { delay: 60_000 });
    const text = String.raw`{ "type": "open", "created": 1.7e12, "clientId": ${clientId},
      "city": "Z\u00fcrich \ud83d\ude00", "price": 10.50, "none": null, "created": ${Date.now()}.0 }`;
    await platform.redis.hset(queue.toKey(job.id ?? ''), 'data', text);
    await job.promote();
    const [event] = await customer.waitForAccepted(1);
    expect(event).toEqual({ ...JSON.parse(text), attempt: 1 });
    expect(event).toMatchObject({ city: 'Zürich 😀', price: 10.5, none: null });
  });

  it.each([7, 0, -1, '3', null, { a: 1 }, [2]])(
    'an attempt that comes in is replaced: %p',
    async (attempt) => {
      const { event, rawBody } = await sendThrough({ before: 1, attempt, after: { attempt: 'stays' } });
      expect(rawBody).toBe(asSent(event));
      expect(rawBody).toContain('"after":{"attempt":"stays"},"attempt":1}]');
    },
  );
});
