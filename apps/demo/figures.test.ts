import { expect, it } from '@jest/globals';
import { DEMO_TYPES } from './demoEvents.ts';
import { checkFigures, type Figures } from './figures.ts';
import type { Tally } from './ledger.ts';

const MAIL = { publishedAt: 0, refusals: 5, refusalsAlone: 3 };
const POISON = { type: 'sent', mailId: 'bad' } as const;

/** Ten events a type, in two batches; one of `sent` has been refused five times and waits. */
function tallyOf(type: string): Tally {
  const none = { retried: 0, waiting: 0, refusedPosts: 0, refusedAttempts: 0 };
  const wrong = { duplicates: 0, strangers: 0, wrongAttempts: 0 };
  const fine = { published: 10, delivered: 10, batches: 2, attempts: 10, ...none, ...wrong };
  if (type !== POISON.type) return fine;
  return { ...fine, delivered: 9, waiting: 1, refusedPosts: 5, refusedAttempts: 5, attempts: 14 };
}

const FINE: Figures = {
  tallies: new Map(DEMO_TYPES.map((type) => [type, tallyOf(type)])),
  open: (type) => new Map(type === POISON.type ? [[POISON.mailId, MAIL]] : []),
  poison: POISON,
  workers: {
    received: 60,
    rejected: 0,
    delivered: 59,
    discarded: 0,
    acceptedPosts: 12,
    refusedPosts: 5,
    pending: 1,
  },
  log: {
    received: 60,
    delivered: 59,
    discarded: 0,
    pending: 1,
    acceptedPosts: 12,
    acceptedEvents: 59,
    refusedPosts: 4,
  },
  latenciesMs: () => [10, 20, 1_000],
};

function broken(change: Partial<Figures>): string[] {
  return checkFigures({ ...FINE, ...change }).flatMap(({ holds, says }) => (holds ? [] : [says]));
}

function withOpen(change: Partial<Tally>): Partial<Figures> {
  return { tallies: new Map(FINE.tallies).set('open', { ...tallyOf('open'), ...change }) };
}

function withWorkers(change: object): Partial<Figures> {
  return { workers: FINE.workers && { ...FINE.workers, ...change } };
}

function withLog(change: object): Partial<Figures> {
  return { log: FINE.log && { ...FINE.log, ...change } };
}

it('is content when all adds up', () => {
  expect(broken({})).toEqual([]);
});

it('names what has not arrived', () => {
  const mails = new Map(['a', 'b', 'c', 'd'].map((mail) => [mail, MAIL]));
  const open: Figures['open'] = (type) => (type === 'click' ? mails : FINE.open(type));
  expect(broken({ open })).toEqual(['Not delivered: 4 of 10 click (mail a, b, c, …)']);
});

it.each<[string, Partial<Figures>]>([
  ['events of a type do not add up', withOpen({ delivered: 9 })],
  ['a type had no events', withOpen({ published: 0, delivered: 0 })],
  ['attempts do not add up', withOpen({ attempts: 11 })],
  ['an attempt had a wrong number', withOpen({ wrongAttempts: 1 })],
  ['an event came twice', withOpen({ duplicates: 1, attempts: 11 })],
  ['an event came that nobody published', withOpen({ strangers: 1, attempts: 11 })],
  ['the bad event was taken', { open: () => new Map() }],
  ['the bad event was never alone', { open: (type) => withMail(type, { ...MAIL, refusalsAlone: 0 }) }],
  ['a worker can not be asked', { workers: null }],
  ['the workers received less', withWorkers({ received: 59 })],
  ['the workers delivered more', withWorkers({ delivered: 60 })],
  ['more is pending', withWorkers({ pending: 2 })],
  ['an event was rejected', withWorkers({ rejected: 1 })],
  ['an event was discarded', withWorkers({ discarded: 1 })],
  ['the workers made more POSTs', withWorkers({ acceptedPosts: 13 })],
  ['the log can not be read', { log: null }],
  ['the log counts fewer that were received', withLog({ received: 59 })],
  ['the log counts more that were delivered', withLog({ delivered: 60 })],
  ['the log counts another number that waits', withLog({ pending: 0 })],
  ['the log counts an event that was discarded', withLog({ discarded: 1 })],
  ['the log lacks a POST', withLog({ acceptedPosts: 11 })],
  ['the log lacks an event of a POST', withLog({ acceptedEvents: 58 })],
  ['the log lacks refusals of more than a second', withLog({ refusedPosts: 1 })],
  ['the log has a refusal that was none', withLog({ refusedPosts: 6 })],
  ['no event was measured', { latenciesMs: () => [] }],
])('is not content when %s', (_, change) => {
  expect(broken(change)).not.toEqual([]);
});

function withMail(type: string, mail: typeof MAIL): ReadonlyMap<string, typeof MAIL> {
  return new Map(type === POISON.type ? [[POISON.mailId, mail]] : []);
}
