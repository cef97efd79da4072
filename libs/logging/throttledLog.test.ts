import { expect, it } from '@jest/globals';
import { ThrottledLog } from './throttledLog.ts';

it('writes a kind of line once a second, and says how many it left out', () => {
  let now = 0;
  const written: unknown[] = [];
  const log = new ThrottledLog({
    write: (message, fields) => written.push([message, fields]),
    clock: () => now,
  });
  log.line('a', 'first', { n: 1 });
  log.line('a', 'second', {});
  log.line('b', 'other kind', {});
  now = 999;
  log.line('a', 'third', {});
  now = 1_000;
  log.line('a', 'fourth', { n: 4 });
  expect(written).toEqual([
    ['first', { n: 1, omitted: 0 }],
    ['other kind', { omitted: 0 }],
    ['fourth', { n: 4, omitted: 2 }],
  ]);
});
