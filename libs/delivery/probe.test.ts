import { describe, expect, it } from '@jest/globals';
import type { Loaded } from './batch.ts';
import { MAX_PROBE_SKIP } from './nextStep.ts';
import { chooseTry, eventsToChooseFrom, SAMPLE_AFTER } from './probe.ts';
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

function shown(text: string, refusals: number, batchSize: number): string {
  const choice = chooseTry(units(text), { refusals, batchSize });
  switch (choice.kind) {
    case 'batch':
      return `${ids(choice.batch.units)} | ${ids(choice.passedOver)}`;
    case 'sample':
      return `sample ${ids(choice.units)} | ${ids(choice.passedOver)}`;
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
    ['all were tried: one event of the head', 'a2 b2', SAMPLE_AFTER, 'sample a | b'],
    ['but what is new comes first', 'a2 b2 C1', SAMPLE_AFTER, 'C | a b'],
    ['also within a batch', 'a2 b1 C1', SAMPLE_AFTER, 'C | a b'],
    ['one batch of one chunk: one event of it', 'a2', SAMPLE_AFTER, 'sample a | '],
    ['one batch of several chunks: one event of them', 'a b', SAMPLE_AFTER, 'sample a b | '],
    ['not before an outage had the time to end', 'a2', 4, 'a | '],
    ['a single event before others: one event of those', 'a b2', SAMPLE_AFTER, 'sample b | a'],
    ['a single event: a part, when there is one', 'a', SAMPLE_AFTER, 'part | a'],
  ])('%s: %s', (_, text, refusals, expected) => {
    expect(shown(text, refusals, 2)).toBe(expected);
  });

  const LONG = Array.from({ length: 30 }, () => 'a2').join(' ');
  const ROUND = 4 * MAX_PROBE_SKIP;

  it.each([
    ['the last probe past the head', 2 * MAX_PROBE_SKIP, MAX_PROBE_SKIP],
    ['the first of the next round', ROUND + 2, 1],
  ])('goes past %i batches only, and then over them again: %s', (_, refusals, skipped) => {
    const choice = chooseTry(units(LONG), { refusals, batchSize: 2 });
    expect(choice).toMatchObject({ kind: 'batch', passedOver: { length: skipped } });
  });

  it.each([
    [
      'takes samples of a long backlog too, when all probes past the head were refused',
      2 * MAX_PROBE_SKIP + 2,
      'sample',
    ],
    ['takes no more samples after a round: the target must be ill', ROUND + 2 * MAX_PROBE_SKIP + 2, 'part'],
  ])('%s', (_, refusals, kind) => {
    expect(chooseTry(units(LONG), { refusals, batchSize: 2 }).kind).toBe(kind);
  });

  it('reads no more than it needs for that', () => {
    expect([0, 1, 2, 3, 4, 32, 34, 64].map((refusals) => eventsToChooseFrom(refusals, 100))).toEqual([
      100, 100, 200, 100, 300, 1_700, 1_700, 1_700,
    ]);
  });
});
