import { describe, expect, it } from '@jest/globals';
import { measureOf, measureOfDuration, Tally, toInterval } from './statistics.ts';

function durations(...values: number[]): Map<number, number> {
  const amounts = new Map<number, number>();
  for (const value of values) {
    const measure = measureOfDuration(value);
    amounts.set(measure, (amounts.get(measure) ?? 0) + 1);
  }
  return amounts;
}

describe('an interval', () => {
  it('without anything is all zeros, and has no durations', () => {
    expect(toInterval(new Map())).toEqual({
      received: 0,
      delivered: 0,
      failed: 0,
      discarded: 0,
      durationMsP50: null,
      durationMsP95: null,
    });
  });

  it('has the counts', () => {
    const amounts = new Map([
      [measureOf('received'), 4],
      [measureOf('delivered'), 3],
      [measureOf('failed'), 2],
      [measureOf('discarded'), 1],
    ]);
    expect(toInterval(amounts)).toMatchObject({ received: 4, delivered: 3, failed: 2, discarded: 1 });
  });

  it('tells durations that are at most 4.5 % off, and rounded', () => {
    for (let exact = 0; exact < 400_000; exact = Math.ceil(exact * 1.03) + 1) {
      const { durationMsP50 } = toInterval(durations(exact));
      const off = Math.abs((durationMsP50 ?? Number.NaN) - exact);
      expect({ exact, isNear: off <= exact * 0.045 + 0.5 }).toEqual({ exact, isNear: true });
    }
  });

  it('ranks them', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => (index < 94 ? 1 : 1_000));
    const { durationMsP50, durationMsP95 } = toInterval(durations(...hundred));
    expect(durationMsP50).toBe(1);
    expect(durationMsP95).toBeGreaterThan(950);
    expect(toInterval(durations(1, 1, 1, 9)).durationMsP50).toBe(1);
  });
});

describe('a tally', () => {
  const growth = (webhookId: number, amount = 1) => ({ hour: 1, webhookId, measure: 2, amount });

  it('adds up, and begins anew when it was taken', () => {
    const tally = new Tally({ maxCounters: 10 });
    for (const each of [growth(7), growth(8), growth(7, 5)]) expect(tally.add(each)).toBe(true);
    expect(tally.take(10)).toEqual([growth(7, 6), growth(8)]);
    expect(tally.take(10)).toEqual([]);
  });

  it('has a bound, beyond which only known counters grow', () => {
    const tally = new Tally({ maxCounters: 2 });
    expect([growth(1), growth(2), growth(3), growth(1)].map((each) => tally.add(each))).toEqual([
      true,
      true,
      false,
      true,
    ]);
    expect(tally.take(1)).toEqual([growth(1, 2)]);
    expect(tally.size).toBe(1);
  });
});
