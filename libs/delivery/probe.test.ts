import { describe, expect, it } from '@jest/globals';
import type { Loaded } from './batch.ts';
import { chooseTry, TAKE_APART_AFTER } from './probe.ts';
import { ids, unit } from './tests/units.ts';

/** Units by name; upper case: never tried; a digit after it: how many events (1 by default). */
const units = (text: string): Loaded[] =>
  text
    .split(' ')
    .filter(Boolean)
    .map((word) => {
      const name = word.charAt(0);
      const events = Number(word.slice(1) || 1);
      return unit(name, { events, failed: name === name.toUpperCase() ? 0 : 1 });
    });

function shown(text: string, refusals: number, batchSize: number, mayTakeApart = true): string {
  const choice = chooseTry(units(text), { refusals, batchSize, mayTakeApart });
  switch (choice.kind) {
    case 'batch':
      return `${ids(choice.batch.units)} | ${ids(choice.passedOver)}`;
    case 'takeApart':
      return `apart ${ids(choice.units)} | ${ids(choice.passedOver)}`;
    case 'part':
      return `part | ${ids(choice.passedOver)}`;
  }
}

describe('the one try of an interval (what it takes | what is poison if it is accepted)', () => {
  it.each([
    ['nothing waits but perhaps parts', '', 0, 'part | '],
    ['the head, as long as no answer came', 'a2 b2 C2', 0, 'a | '],
    ['the head again after the first refusal', 'a2 b2 C2', 1, 'a | '],
    ['the next batch after the second', 'a2 B2 C2', 2, 'B | a'],
    ['the head with every other try', 'a2 b2 C2', 3, 'a | '],
    ['one batch further each time', 'a2 b2 C2', 4, 'C | a b'],
    ['whole batches, of several units', 'a b C D E', 2, 'C D | a b'],
    ['all in one batch: what was never tried', 'a B', 2, 'B | a'],
    ['all in one batch, nothing tried: everything', 'A B', 2, 'A B | '],
    ['nothing further yet: the last batch', 'a2 b2', 4, 'b | a'],
    ['all were tried: the head is taken apart', 'a2 b2', TAKE_APART_AFTER, 'apart a | b'],
    ['but what is new comes first', 'a2 b2 C1', TAKE_APART_AFTER, 'C | a b'],
    ['also within a batch', 'a2 b1 C1', TAKE_APART_AFTER, 'C | a b'],
    ['one batch of one chunk: apart', 'a2', TAKE_APART_AFTER, 'apart a | '],
    ['one batch of several chunks: apart', 'a b', TAKE_APART_AFTER, 'apart a b | '],
    ['not before an outage had the time to end', 'a2', 4, 'a | '],
    ['a single event: a part, when there is one', 'a', TAKE_APART_AFTER, 'part | a'],
  ])('%s: %s', (_, text, refusals, expected) => {
    expect(shown(text, refusals, 2)).toBe(expected);
  });

  it('takes nothing more apart when there are many parts already', () => {
    expect(shown('a2 b2', TAKE_APART_AFTER, 2, false)).toBe('part | a b');
  });
});
