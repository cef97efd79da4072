import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countTypes, groupBatches, isDead, renderBatch, toBatch } from './batch.ts';
import { ids, unit } from './tests/units.ts';

describe('batches', () => {
  it.each([
    ['nothing', [], 100, []],
    ['one small unit', [3], 100, ['a']],
    ['what fits goes together', [60, 40], 100, ['a b']],
    ['what does not fit begins the next', [60, 41], 100, ['a', 'b']],
    ['order counts more than filling', [60, 50, 40], 100, ['a', 'b c']],
    ['full ones stay alone', [100, 100, 1], 100, ['a', 'b', 'c']],
    ['one event a POST', [1, 1], 1, ['a', 'b']],
  ])('%s', (_, sizes, batchSize, expected) => {
    const units = sizes.map((events, at) => unit('abc'.charAt(at), { events }));
    expect(groupBatches(units, batchSize).map((batch) => ids(batch.units))).toEqual(expected);
  });

  it('hold every event once, in order, and never more than the batch size', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 30 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 20, max: 60 }), (all, batchSize) => {
        const units = all.map((events, at) => unit(`${at}-`, { events }));
        const batches = groupBatches(units, batchSize);
        expect(batches.flatMap((batch) => batch.units)).toEqual(units);
        for (const { events, units: own } of batches) {
          expect(events).toBe(own.reduce((sum, { alive }) => sum + alive.clocks.length, 0));
          expect(events).toBeLessThanOrEqual(batchSize);
        }
      }),
    );
  });

  it('may mix attempts: each event carries that of its own current transmission', () => {
    const batch = toBatch('batch', [
      unit('a', { events: 2, failed: 4 }),
      unit('b'),
      unit('c', { failed: 1 }),
    ]);
    expect(batch).toMatchObject({ source: 'batch', events: 4, attemptMin: 1, attemptMax: 5 });
    expect(JSON.parse(renderBatch(batch).toString())).toEqual([
      { id: 'a0', attempt: 5 },
      { id: 'a1', attempt: 5 },
      { id: 'b0', attempt: 1 },
      { id: 'c0', attempt: 2 },
    ]);
  });

  it('are counted by type', () => {
    const chunks = [unit('a', { events: 2 }), unit('b', { type: 'click' }), unit('c')].map(
      ({ alive }) => alive,
    );
    expect(countTypes(chunks)).toEqual(new Map(Object.entries({ open: 3, click: 1 })));
  });
});

describe('a unit whose time is over', () => {
  const at = (now: number) => unit('a', { clocks: [100, 300, 200], now, ttlMs: 1_000 });
  const sent = (now: number) =>
    JSON.parse(renderBatch(toBatch('batch', [at(now)])).toString()) as { id: string }[];

  it.each([
    [1_099, ['a0', 'a1', 'a2']],
    [1_100, ['a1', 'a2']],
    [1_199, ['a1', 'a2']],
    [1_200, ['a1']],
  ])('at %i sends %j', (now, expected) => {
    expect(sent(now).map(({ id }) => id)).toEqual(expected);
    expect(at(now).expired?.clocks.length ?? 0).toBe(3 - expected.length);
    expect(isDead(at(now))).toBe(false);
  });

  it('is dead when none of its events may be sent', () => {
    expect(isDead(at(1_300))).toBe(true);
    expect(at(1_300).expired?.clocks).toEqual([100, 300, 200]);
  });
});
