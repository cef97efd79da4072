import { describe, expect, it } from '@jest/globals';
import { everyHour, rangeOf, sumOf } from './hours.ts';

const NOW = Date.UTC(2026, 2, 1, 12, 34);
const counted = {
  start: '2026-03-01T11:00:00.000Z',
  received: 5,
  delivered: 3,
  failed: 2,
  discarded: 0,
  durationMsP50: 10,
  durationMsP95: 20,
};

describe('the hours of a chart', () => {
  it('end with the one that has begun', () => {
    expect(rangeOf(3, NOW)).toEqual({ from: '2026-03-01T10:00:00.000Z', to: '2026-03-01T12:34:00.000Z' });
    const onTheHour = Date.UTC(2026, 2, 1, 12);
    expect(Date.parse(rangeOf(1, onTheHour).from)).toBeLessThan(Date.parse(rangeOf(1, onTheHour).to));
  });

  it('are all there, also those without anything', () => {
    const hours = everyHour([counted], 3, NOW);
    expect(hours.map(({ start }) => start.slice(11, 16))).toEqual(['10:00', '11:00', '12:00']);
    expect(hours.map(({ delivered }) => delivered)).toEqual([0, 3, 0]);
    expect(hours.map(({ durationMsP95 }) => durationMsP95)).toEqual([null, 20, null]);
    expect(sumOf(hours, 'received')).toBe(5);
  });
});
