import { describe, expect, it } from '@jest/globals';
import { type LiveState, newOnes, nextQuery } from './tailState.ts';

const NOON = Date.UTC(2026, 2, 1, 12);

/** A POST that began so many seconds after noon. */
const post = (seconds: number) => ({
  id: seconds,
  at: new Date(NOON + seconds * 1_000).toISOString(),
  outcome: 'delivered' as const,
  httpStatusCode: 200,
  error: null,
  durationMs: 5,
  events: 1,
  attemptMin: 1,
  attemptMax: 1,
  responseBody: '',
});

/** What each look shows, when these were found. */
function looks(...found: number[][]): number[][] {
  let state: LiveState | undefined;
  return found.map((seconds) => {
    const { fresh, next } = newOnes(state, seconds.map(post));
    state = next;
    return fresh.map(({ id }) => id);
  });
}

describe('what a look at the deliveries shows', () => {
  it.each([
    [
      'each one once',
      [
        [2, 1],
        [3, 2, 1],
        [3, 2, 1],
      ],
      [[2, 1], [3], []],
    ],
    [
      'one that took long and comes among older ones',
      [
        [9, 8],
        [9, 8, 1],
      ],
      [[9, 8], [1]],
    ],
    ['nothing while there is nothing', [[], [], [5]], [[], [], [5]]],
  ])('%s', (_name, found, shown) => {
    expect(looks(...found)).toEqual(shown);
  });

  it('goes back two minutes from the newest, by the clock of the server', () => {
    expect(nextQuery(undefined)).toEqual({});
    expect(nextQuery(newOnes(undefined, []).next)).toEqual({});
    const { next } = newOnes(undefined, [post(240), post(10)]);
    expect(nextQuery(next)).toEqual({ from: '2026-03-01T12:02:00.000Z' });
    // Nothing within reach: the newest is still known.
    expect(nextQuery(newOnes(next, []).next)).toEqual({ from: '2026-03-01T12:02:00.000Z' });
  });
});
