import { describe, expect, it } from '@jest/globals';
import { type DemoEvent, freshSamples } from './demoEvents.ts';
import { Ledger } from './ledger.ts';

const PUBLISHED_AT = 1_800_000_000_000;

/** A ledger with so many sent events, of the mails 0, 1, … */
function publish(count: number) {
  const ledger = new Ledger();
  const [sample] = freshSamples(PUBLISHED_AT);
  const events = Array.from({ length: count }, (_, mail) => ({ ...sample, mailId: `${mail}` }) as DemoEvent);
  ledger.published(events);
  const post = (status: number, ...pairs: readonly [mail: number, attempt: number][]) => {
    const received = pairs.map(([mail, attempt]) => ({ mailId: `${mail}`, attempt }));
    const at = PUBLISHED_AT + 30;
    ledger.answered({ type: 'sent', events: received, authorization: undefined, at }, { status, text: '' });
  };
  return { ledger, post, tally: () => ledger.tally('sent') };
}

it('accounts for each event and each attempt', () => {
  const { ledger, post, tally } = publish(3);
  post(200, [0, 1]);
  post(500, [1, 1], [2, 1]);
  post(500, [2, 2]);
  post(200, [1, 2]);
  expect(tally()).toEqual({
    published: 3,
    delivered: 2,
    retried: 1,
    waiting: 1,
    batches: 2,
    refusedPosts: 2,
    attempts: 5,
    refusedAttempts: 3,
    duplicates: 0,
    strangers: 0,
    wrongAttempts: 0,
  });
  expect([...ledger.open('sent')]).toEqual([
    ['2', { publishedAt: PUBLISHED_AT, refusals: 2, refusalsAlone: 1 }],
  ]);
  expect(ledger.latenciesMs('sent')).toEqual([30]);
});

describe('notices', () => {
  it('an event that comes again', () => {
    const { post, tally } = publish(1);
    post(200, [0, 1]);
    post(200, [0, 1]);
    expect(tally()).toMatchObject({ delivered: 1, duplicates: 1, strangers: 0 });
  });

  it('an event that nobody published', () => {
    const { post, tally } = publish(1);
    post(200, [7, 1]);
    expect(tally()).toMatchObject({ delivered: 0, waiting: 1, duplicates: 0, strangers: 1 });
  });

  it.each([[1], [3]])('attempt %d where 2 was due', (attempt) => {
    const { post, tally } = publish(1);
    post(500, [0, 1]);
    post(200, [0, attempt]);
    expect(tally()).toMatchObject({ wrongAttempts: 1 });
  });
});
