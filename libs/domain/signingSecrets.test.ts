import { describe, expect, it } from '@jest/globals';
import { type Signing, secretsAt, succeed } from './signingSecrets.ts';

const HOUR_MS = 3_600_000;
const signing = (secret: string): Signing => ({ type: 'standardWebhooks', secret });

/** Changes to each secret at its hour, beginning with the first. */
function changed(first: string, ...changes: readonly [hour: number, secret: string][]): Signing {
  return changes.reduce(
    (before, [hour, secret]) => succeed(signing(secret), before, hour * HOUR_MS),
    signing(first),
  );
}

describe('the secrets of a webhook', () => {
  it.each<[string, Signing, hour: number, string[]]>([
    ['one that was never changed signs alone', signing('a'), 0, ['a']],
    ['after a change both sign', changed('a', [0, 'b']), 23.9, ['b', 'a']],
    ['for 24 hours', changed('a', [0, 'b']), 24, ['b']],
    ['after two changes each has its own 24 hours', changed('a', [0, 'b'], [10, 'c']), 23, ['c', 'b', 'a']],
    ['of which the first ends first', changed('a', [0, 'b'], [10, 'c']), 25, ['c', 'b']],
    ['giving the same again changes nothing', changed('a', [0, 'b'], [10, 'b']), 23, ['b', 'a']],
    ['nor does it make the old one last', changed('a', [0, 'b'], [10, 'b']), 24, ['b']],
    ['one that comes back signs once', changed('a', [0, 'b'], [1, 'a']), 2, ['a', 'b']],
    [
      'of many changes the last ones count',
      changed('a', [0, 'b'], [1, 'c'], [2, 'd'], [3, 'e'], [4, 'f']),
      5,
      ['f', 'e', 'd', 'c', 'b'],
    ],
  ])('%s', (_what, one, hour, expected) => {
    expect(secretsAt(one, hour * HOUR_MS)).toEqual(expected);
  });
});
