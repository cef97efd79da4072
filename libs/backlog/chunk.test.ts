import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseEvent } from '#libs/domain/event.ts';
import { EVENT_TYPES } from '#libs/domain/eventType.ts';
import {
  type Chunk,
  cut,
  decodeChunk,
  encodeChunk,
  joinChunks,
  jsonOfAttempt,
  oldestClock,
  packChunk,
  pick,
} from './chunk.ts';

/** Names and texts that serialisers and splitters have been known to trip over. */
const nasty = fc.constantFrom(
  '__proto__',
  'constructor',
  'attempt',
  'line\nbreak',
  '},\n{',
  ',"attempt":1}',
  ',"attempt":1},\n',
  '\u2028\u2029',
  '\ud800',
  '\u0000',
  'ünïcødé 🎉',
  '\\',
  '"',
);
const name = fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 12 }));
const value = fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 40 }), fc.jsonValue({ maxDepth: 2 }));
const fields = fc.array(fc.tuple(name, value), { maxLength: 6 });
const created = fc.oneof(
  fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  fc.integer({ min: 1_700_000_000_000, max: 1_800_000_000_000 }),
);

/** An event as it came, and as the router keeps it. */
const event = fc.tuple(fc.constantFrom(...EVENT_TYPES), created, fields).map(([type, at, extra]) => {
  // As JSON.parse makes it: "__proto__" is a field of its own.
  const came = JSON.parse(
    `{${[
      ...Object.entries({ type, clientId: 7, created: at }),
      ...extra.filter(([key]) => !['type', 'clientId', 'created'].includes(key)),
    ]
      .map(([key, field]) => `${JSON.stringify(key)}:${JSON.stringify(field)}`)
      .join(',')}}`,
  ) as Record<string, unknown>;
  const parsed = parseEvent(came, type);
  if (!parsed.ok) throw new Error(parsed.reason);
  return { came, kept: parsed.event };
});
const events = fc.array(event, { minLength: 1, maxLength: 12 });
const attempt = fc.integer({ min: 1, max: 30_000 });

const pack = (some: readonly { kept: { created: number; text: string } }[]) =>
  packChunk(
    'open',
    some.map(({ kept }) => kept),
  );
const asSent = (chunk: Chunk, n: number) => JSON.parse(`[${jsonOfAttempt(chunk, n)}]`) as unknown[];

/** What the customer must see: as it came, in its order, but for the attempt, which is the last field. */
function asExpected({ came }: { came: Record<string, unknown> }, n: number): string {
  const text = JSON.stringify(Object.fromEntries(Object.entries(came).filter(([key]) => key !== 'attempt')));
  return `${text.slice(0, -1)},"attempt":${n}}`;
}

describe('a chunk', () => {
  it('comes back from Redis as it went in, whatever is in its events', () => {
    fc.assert(
      fc.property(events, (some) => {
        const chunk = pack(some);
        expect(decodeChunk(encodeChunk(chunk))).toEqual(chunk);
      }),
    );
  });

  it('is sent byte for byte as the events came, each with the attempt of the moment', () => {
    fc.assert(
      fc.property(events, attempt, (some, n) => {
        const chunk = decodeChunk(encodeChunk(pack(some)));
        const expected = some.map((each) => asExpected(each, n)).join(',\n');
        expect(jsonOfAttempt(chunk, n).toString()).toBe(expected);
        expect(asSent(chunk, n)).toHaveLength(some.length);
      }),
    );
  });

  it('is cut into pieces that hold all of its events once, in their order', () => {
    fc.assert(
      fc.property(events, fc.integer({ min: 1, max: 14 }), (some, size) => {
        const chunk = pack(some);
        const pieces = cut(chunk, size);
        expect(Math.max(...pieces.map(({ clocks }) => clocks.length))).toBeLessThanOrEqual(size);
        expect(pieces.map((piece) => asSent(piece, 1).length)).toEqual(
          pieces.map(({ clocks }) => clocks.length),
        );
        expect(joinChunks('open', pieces)).toEqual(chunk);
      }),
    );
  });

  it('gives the events at the positions that were picked', () => {
    fc.assert(
      fc.property(events, fc.infiniteStream(fc.boolean()), (some, coin) => {
        const chunk = pack(some);
        const positions = some.map((_, at) => at).filter(() => coin.next().value);
        const picked = pick(chunk, positions);
        expect(picked).toEqual(pack(positions.flatMap((at) => some[at] ?? [])));
      }),
    );
  });

  it('knows its oldest clock, wherever it stands', () => {
    expect(oldestClock({ clocks: [30, 10, 20] })).toBe(10);
  });
});

describe('its size in Redis', () => {
  const few = packChunk('open', [{ created: 1_760_000_000_000, text: '{"a":1' }]);
  const many = packChunk(
    'open',
    Array.from({ length: 100 }, (_, i) => ({
      created: i + 1,
      text: `{"recipientId":${i},"mailing":"spring"`,
    })),
  );

  it('is plain text when it is small: compression would not pay', () => {
    expect(encodeChunk(few).toString()).toBe('["open",1760000000000]\n{"a":1,"attempt":1}');
  });

  it('is a fraction of its text when it is not', () => {
    expect(encodeChunk(many).length).toBeLessThan(many.json.length / 5);
  });

  it('may be 100 events of 100 KB each', () => {
    const big = packChunk(
      'open',
      Array.from({ length: 100 }, (_, i) => ({
        created: i + 1,
        text: `{"html":"${`<p>ü${i}`.repeat(14_000)}"`,
      })),
    );
    expect(big.json.length).toBeGreaterThan(7_000_000);
    expect(decodeChunk(encodeChunk(big)).json.equals(big.json)).toBe(true);
  });
});
