import { describe, expect, it } from '@jest/globals';
import { jsonOfAttempt } from '#libs/backlog/chunk.ts';
import type { NewPart } from '#libs/backlog/pending.ts';
import { halves, isolate, isolateSample } from './poisoned.ts';
import { ids, unit } from './tests/units.ts';

const cutting = () => {
  let last = 0;
  return { dueAt: 7, newId: () => `part${++last}`, batchSize: 100 };
};
/** `id(attempts failed): events`, for each part. */
const shown = (parts: readonly NewPart[]) =>
  parts.map(({ id, failed, dueAt, chunk }) => {
    expect(dueAt).toBe(7);
    const events = JSON.parse(`[${jsonOfAttempt(chunk, 1)}]`) as { id: string }[];
    expect(chunk.clocks).toHaveLength(events.length);
    return `${id}(${failed}): ${events.map((event) => event.id).join(' ')}`;
  });

describe('what the target refuses', () => {
  it('is cut into two halves', () => {
    expect(shown(halves(unit('a', { events: 5 }).alive, 3, cutting()))).toEqual([
      'part1(3): a0 a1 a2',
      'part2(3): a3 a4',
    ]);
  });

  it('is left whole when it is a single event', () => {
    expect(shown(halves(unit('a').alive, 1, cutting()))).toEqual(['part1(1): a0']);
  });

  it('is cut into more than two when a half would still be no batch', () => {
    const parts = halves(unit('a', { events: 100 }).alive, 0, { ...cutting(), batchSize: 30 });
    expect(parts.map(({ chunk }) => chunk.clocks.length)).toEqual([30, 30, 30, 10]);
  });
});

describe('isolating', () => {
  it('joins the events of each attempt number, then halves them; what was never tried stays', () => {
    const units = [
      unit('a', { events: 2, failed: 2 }),
      unit('b', { failed: 1 }),
      unit('c', { events: 2, failed: 2 }),
      unit('d', { events: 3 }),
    ];
    const { replaced, parts } = isolate(units, cutting());
    expect(ids(replaced)).toBe('a b c');
    expect(shown(parts)).toEqual(['part1(2): a0 a1', 'part2(2): c0 c1', 'part3(1): b0']);
  });

  it('makes no part larger than a batch, of however many batches', () => {
    const units = ['a', 'b', 'c'].map((id) => unit(id, { events: 100, failed: 1 }));
    const { parts } = isolate(units, cutting());
    expect(parts.map(({ chunk }) => chunk.clocks.length)).toEqual([100, 100, 100]);
  });

  it('leaves out what is too old, and what is dead stays for whoever discards it', () => {
    const old = unit('a', { clocks: [0, 500, 600], failed: 1, now: 1_000, ttlMs: 1_000 });
    const dead = unit('b', { clocks: [0], failed: 1, now: 1_000, ttlMs: 1_000 });
    const { replaced, parts } = isolate([old, dead], cutting());
    expect(ids(replaced)).toBe('a');
    expect(shown(parts)).toEqual(['part1(1): a1', 'part2(1): a2']);
  });

  it('does nothing when nothing was refused', () => {
    expect(isolate([unit('a')], cutting())).toEqual({ replaced: [], parts: [] });
  });
});

describe('taking a sample', () => {
  it('leaves every event in one part, the first of them alone', () => {
    const { replaced, parts } = isolateSample([unit('a', { events: 5, failed: 2 }), unit('b')], cutting());
    expect(ids(replaced)).toBe('a');
    expect(shown(parts)).toEqual(['part3(2): a0', 'part1(2): a1 a2', 'part2(2): a3 a4']);
  });

  it('needs no cut where an event is alone already', () => {
    expect(shown(isolateSample([unit('a', { events: 2, failed: 1 })], cutting()).parts)).toEqual([
      'part1(1): a0',
      'part2(1): a1',
    ]);
    expect(isolateSample([unit('a')], cutting())).toEqual({ replaced: [], parts: [] });
  });
});
