import { expect, it } from '@jest/globals';
import { parseRetryAfter } from './retryAfter.ts';

const NOW = Date.parse('2026-07-01T12:00:00Z');

it.each([
  ['0', 0],
  ['120', 120_000],
  [' 5 ', 5_000],
  ['Wed, 01 Jul 2026 12:01:30 GMT', 90_000],
  ['Wednesday, 01-Jul-26 12:01:30 GMT', 90_000],
  ['Wed Jul  1 12:01:30 2026', 90_000],
  ['Wed, 01 Jul 2026 11:00:00 GMT', 0],
  ['', null],
  ['soon', null],
  ['-1', null],
  ['1.5', null],
  ['2026', 2_026_000],
  ['9999999999', null],
  ['Wed, 99 Foo 2026 12:00:00 GMT', null],
  [undefined, null],
])('Retry-After "%s" is %s ms', (header, ms) => {
  expect(parseRetryAfter(header, NOW)).toBe(ms);
});
