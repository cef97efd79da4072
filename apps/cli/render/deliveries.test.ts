import { describe, expect, it } from '@jest/globals';
import { liveDeliveries, renderDeliveries, whereIsIt, withoutBody } from './deliveries.ts';

const NOW = Date.UTC(2026, 2, 1, 12);
const iso = (seconds: number) => new Date(NOW + seconds * 1_000).toISOString();

const failed = {
  id: 2,
  at: iso(-3),
  outcome: 'failed' as const,
  httpStatusCode: 503,
  error: 'status' as const,
  durationMs: 41.4,
  events: 1_000,
  attemptMin: 2,
  attemptMax: 4,
  responseBody: 'No, anna@example.com!',
};
const unreachable = { ...failed, httpStatusCode: 0, error: 'timeout' as const };
const delivered = {
  ...failed,
  outcome: 'delivered' as const,
  httpStatusCode: 200,
  error: null,
  attemptMin: 4,
};

const ACTIVE = { id: 12, status: 'activated' as const };
const IDLE = { pending: 0, nextTry: null };
const WAITING = { pending: 3, nextTry: iso(7) };

describe('where an event is', () => {
  it.each([
    [
      'delivered',
      ACTIVE,
      [delivered, failed],
      WAITING,
      /^Webhook 12: it was delivered at 2026-.*, attempt 4\.$/,
    ],
    [
      'to be tried again',
      ACTIVE,
      [failed],
      WAITING,
      /not delivered. 1 POST carried it, .*: 503. It is tried again in 7 s.$/,
    ],
    ['without an answer', ACTIVE, [unreachable, failed], WAITING, /2 POSTs carried it, .*: timeout. /],
    [
      'behind a webhook that stands still',
      { ...ACTIVE, status: 'suspended' as const },
      [failed],
      WAITING,
      /The webhook is suspended: nothing is tried.$/,
    ],
    ['over its time', ACTIVE, [failed], IDLE, /Nothing waits any more: its time is over.$/],
    [
      'perhaps waiting',
      ACTIVE,
      [],
      WAITING,
      /no POST has carried it yet. 3 events wait, perhaps it is among them.$/,
    ],
    ['nowhere', ACTIVE, [], IDLE, /no POST has carried it, and nothing waits.$/],
  ])('%s', (_name, webhook, deliveries, statistics, expected) => {
    expect(whereIsIt(webhook, deliveries, statistics, NOW)).toMatch(expected);
  });
});

describe('deliveries', () => {
  it('are a table, live or not, without what targets answered', () => {
    const transmission = { webhookId: 12, delivery: failed };
    expect(renderDeliveries([transmission])).toMatch(
      /^TIME +WEBHOOK +OUTCOME +ANSWER +EVENTS +ATTEMPT +TOOK\n2026-.* 12 +failed +503 +1,000 +2–4 +41 ms$/,
    );
    expect(liveDeliveries.line(transmission)).toMatch(/^\d\d:\d\d:\d\d +12 +failed +503 +1,000 +2–4 +41 ms$/);
    expect(withoutBody(failed)).not.toHaveProperty('responseBody');
  });
});
