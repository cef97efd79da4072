import { describe, expect, it } from '@jest/globals';
import { type Chunk, packChunk } from '#libs/backlog/chunk.ts';
import { createdTimes, othersOf, select } from './keptChunk.ts';

const events = [
  { created: 1_000, text: '{"id":"a","recipientId":"ä@example.com","created":1000' },
  { created: 2_000, text: '{"id":7,"created":2000,"more":{"created":5000,"id":"a"}' },
  { created: 3_000, text: '{"created":3000' },
];
const chunk = packChunk('open', events);
/** As it is after a resend at 9000. */
const resent: Chunk = { ...chunk, clocks: [9_000, 9_000, 9_000] };

describe('when events were created', () => {
  it('is their clock, unless they were resent', () => {
    expect(createdTimes(chunk)).toEqual([1_000, 2_000, 3_000]);
    expect(createdTimes(resent)).toEqual([1_000, 2_000, 3_000]);
  });
});

describe('a selection', () => {
  it.each([
    [0, 9_999, [0, 1, 2]],
    [1_000, 3_000, [0, 1]],
    [1_001, 3_001, [1, 2]],
    [3_001, 9_999, []],
    [3_000, 1_000, []],
  ])('by creation from %i, before %i', (from, to, positions) => {
    for (const each of [chunk, resent]) {
      expect(select(each, { kind: 'created', from, to })).toEqual({ positions, ids: [] });
    }
  });

  it.each([
    [['a'], [0], ['a']],
    [['7', 'b'], [1], ['7']],
    [
      ['a', '7'],
      [0, 1],
      ['a', '7'],
    ],
    [['b'], [], []],
  ])("by %j takes an event's own id", (ids, positions, found) => {
    expect(select(chunk, { kind: 'ids', ids: new Set(ids) })).toEqual({ positions, ids: found });
  });

  it('never takes events without an id', () => {
    expect(select(chunk, { kind: 'ids', ids: new Set(['undefined', 'null']) }).positions).toEqual([]);
  });

  it('leaves the others', () => {
    expect(othersOf(chunk, [1])).toEqual([0, 2]);
    expect(othersOf(chunk, [])).toEqual([0, 1, 2]);
  });
});
