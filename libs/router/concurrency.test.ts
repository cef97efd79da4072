import { describe, expect, it } from '@jest/globals';
import { JobConcurrency } from './concurrency.ts';

function concurrencyAfter(...sizes: number[]): number {
  const concurrency = new JobConcurrency({ maxEvents: () => 8_000 });
  for (const size of sizes) concurrency.note(size);
  return concurrency.current();
}

describe('JobConcurrency', () => {
  it.each([
    ['at first', [], 500],
    ['single events', [1, 1, 1], 500],
    ['small jobs', [40, 40], 200],
    ['jobs of 100', [100], 80],
    ['packed jobs', [1_000], 8],
    ['one packed job among single events', [1, 1, 1_000], 8],
    ['jobs larger than allowed', [100_000], 4],
  ])('%s', (_name, sizes, expected) => {
    expect(concurrencyAfter(...sizes)).toBe(expected);
  });

  it('recovers when small jobs follow large ones', () => {
    expect(concurrencyAfter(1_000, ...Array<number>(20).fill(1))).toBeLessThan(50);
    expect(concurrencyAfter(1_000, ...Array<number>(200).fill(1))).toBe(500);
  });
});
