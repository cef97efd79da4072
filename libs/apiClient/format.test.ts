import { describe, expect, it } from '@jest/globals';
import { ago, duration, plural, until } from './format.ts';

const NOW = Date.UTC(2026, 2, 1, 12);
const inSeconds = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();

describe('times for people', () => {
  it.each([
    [0, 'just now'],
    [-42, '42 s ago'],
    [-179, '2 min ago'],
    [-7200, '2 h ago'],
    [-172_800, '2 d ago'],
    [3, 'just now'],
  ])('%d s from now is %s', (seconds, text) => expect(ago(inSeconds(seconds), NOW)).toBe(text));

  it.each([
    [-1, 'now'],
    [0, 'now'],
    [0.2, 'in 1 s'],
    [10, 'in 10 s'],
    [60, 'in 1 min'],
    [125, 'in 2 min 5 s'],
  ])('%d s from now is %s', (seconds, text) => expect(until(inSeconds(seconds), NOW)).toBe(text));

  it.each([
    [12.4, '12 ms'],
    [2449, '2.4 s'],
    [180_000, '3 min'],
  ])('%d ms take %s', (ms, text) => expect(duration(ms)).toBe(text));

  it('counts', () => {
    expect(plural(1, 'event')).toBe('1 event');
    expect(plural(12_345, 'event')).toBe('12,345 events');
  });
});
