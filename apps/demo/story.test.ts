import { expect, it } from '@jest/globals';
import { Story } from './story.ts';

/** Tells one type's answers: a status, and the attempt of each event of the POST. */
function tell(...answers: readonly [status: number, attempts: readonly number[]][]) {
  const story = new Story({ retryIntervalMs: 1_000 });
  const told = answers.map(([status, attempts]) => {
    const events = attempts.map((attempt, index) => ({ mailId: `m${index}`, attempt }));
    return story.tell({ type: 'open', events, authorization: undefined, at: 0 }, { status, text: '' });
  });
  return { told, state: story.stateOf('open') };
}

it('has nothing to tell of a healthy endpoint', () => {
  expect(tell([200, [1, 1]], [200, [1]])).toEqual({ told: [null, null], state: 'healthy' });
});

it('tells an outage and its end', () => {
  expect(tell([500, [1]], [500, [2, 1]], [200, [3, 2]], [200, [1]])).toEqual({
    told: [
      '500: its events wait, next try in 1 s',
      '500 again (2 in a row): its events wait, next try in 1 s',
      'takes events again after 2 refusals: all that waited goes out',
      null,
    ],
    state: 'healthy',
  });
});

it('tells how the one bad event is found', () => {
  const { told, state } = tell(
    [422, [1, 1, 1, 1]],
    [422, [2, 2, 2, 2]],
    [200, [1]],
    [200, [3, 3]],
    [422, [3, 3]],
    [200, [1]],
    [422, [4]],
    [422, [5]],
  );
  expect(told.slice(2)).toEqual([
    'takes younger events, so its refused batch is taken apart',
    null,
    '422 to 2 of them; all others flow on',
    null,
    'found: mail m0, to be retried every 1 s',
    null,
  ]);
  expect(state).toBe('setAside');
});
