import { describe, expect, it } from '@jest/globals';
import type { WebhookChange } from './activation.ts';
import { check, type Evidence } from './checker.ts';
import type { Endpoint } from './endpoints.ts';
import type { Parcel, Post } from './ledger.ts';

const TTL_MS = 100_000;
const A: Endpoint = { name: 'a', behaviour: 'steady', clientId: 1, type: 'open', weight: 1 };
const ACTIVATED: WebhookChange = { endpoint: 'a', change: 'activate', requestedAt: 100, doneAt: 200 };

function parcel(overrides: Partial<Parcel> = {}): Parcel {
  const times = { created: 1_000, sentAt: 1_000, knownAt: 1_010 };
  const content = { id: 'p', clientId: 1, type: 'open', events: 2 };
  return { ...content, ...times, outcome: 'acknowledged', missing: new Set(), ...overrides };
}

function post(overrides: Partial<Post> = {}, attempts: readonly number[] = [1, 1]): Post {
  const events = attempts.map((attempt, index) => ({ parcel: 'p', index, attempt }));
  return { at: 2_000, endpoint: 'a', revision: 1, accepted: true, answered: true, events, ...overrides };
}

/** Without overrides: two events, both delivered. */
function judge(overrides: Partial<Omit<Evidence, 'parcels'>> & { parcels?: readonly Parcel[] } = {}) {
  const { parcels = [parcel()], ...others } = overrides;
  return check({
    endpoints: [A],
    posts: [post()],
    changes: [ACTIVATED],
    crashes: [],
    pauses: [],
    discarded: new Map(),
    unsaidDiscards: 0,
    drained: true,
    ttlMs: TTL_MS,
    judgedAt: 50_000,
    ...others,
    parcels: new Map(parcels.map((each) => [each.id, each])),
  });
}

describe('lost', () => {
  it('is nothing when all has come', () => {
    expect(judge()).toMatchObject({
      expected: 2,
      delivered: 2,
      lost: { count: 0 },
      unexpected: { count: 0 },
    });
  });

  it('is what was acknowledged and has not come', () => {
    expect(judge({ posts: [post({}, [1])] })).toMatchObject({ delivered: 1, lost: { count: 1 } });
  });

  it('is what came, but was not accepted', () => {
    expect(judge({ posts: [post({ accepted: false })] })).toMatchObject({ delivered: 0, lost: { count: 2 } });
  });

  it('is still pending as long as not all is drained', () => {
    expect(judge({ posts: [], drained: false })).toMatchObject({ stillPending: 2, lost: { count: 0 } });
  });

  it('is not what the producer could not be sure of', () => {
    const unsure = parcel({ missing: new Set([1]) });
    expect(judge({ parcels: [unsure], posts: [post({}, [1])] })).toMatchObject({
      expected: 1,
      lost: { count: 0 },
      published: { acknowledged: 1, unknown: 1 },
    });
  });

  it.each(['unknown', 'failed'] as const)('is not what is %s', (outcome) => {
    expect(judge({ parcels: [parcel({ outcome })], posts: [] })).toMatchObject({
      expected: 0,
      lost: { count: 0 },
    });
  });

  it('is counted for each of two webhooks of one client and type', () => {
    const endpoints = [A, { ...A, name: 'b' }];
    const changes = [ACTIVATED, { ...ACTIVATED, endpoint: 'b' }];
    expect(judge({ endpoints, changes })).toMatchObject({ expected: 4, delivered: 2, lost: { count: 2 } });
  });
});

describe('expired', () => {
  const old = parcel({ created: 1_000 - TTL_MS });

  it('is what is too old, if a worker said that it discarded as much', () => {
    const verdict = judge({ parcels: [old], posts: [], discarded: new Map([['a', 2]]) });
    expect(verdict).toMatchObject({ expired: 2, lost: { count: 0 } });
  });

  it('is lost when nobody said so', () => {
    const verdict = judge({ parcels: [old], posts: [], discarded: new Map([['a', 1]]) });
    expect(verdict).toMatchObject({ expired: 1, lost: { count: 1 } });
  });

  it('allows for what died unsaid', () => {
    const verdict = judge({ parcels: [old], posts: [], unsaidDiscards: 2 });
    expect(verdict).toMatchObject({ expired: 2, lost: { count: 0 } });
  });

  it('must not come any more', () => {
    const late = post({ at: old.created + TTL_MS + 10_000 });
    expect(judge({ parcels: [old], posts: [late] })).toMatchObject({ unexpected: { count: 2 } });
  });

  it.each([
    ['before its time was over', -1_000, 0],
    ['only afterwards', 3_000, 2],
  ])('may come late if a process stood still from %s', (_when, from, unexpected) => {
    const over = old.created + TTL_MS;
    const late = post({ at: over + 10_000 });
    const pauses = [{ from: over + from, to: over + 9_000 }];
    expect(judge({ parcels: [old], posts: [late], pauses })).toMatchObject({
      unexpected: { count: unexpected },
    });
  });
});

describe('activation', () => {
  const deactivated: WebhookChange = {
    endpoint: 'a',
    change: 'deactivate',
    requestedAt: 1_500,
    doneAt: 1_600,
  };
  const again: WebhookChange = { endpoint: 'a', change: 'activate', requestedAt: 60_000, doneAt: 60_100 };

  it.each([
    ['before the answer to "activate"', { sentAt: 199, knownAt: 1_010 }, 0],
    ['between the answer to "activate" and the request to "deactivate"', { sentAt: 200, knownAt: 1_500 }, 2],
    ['until after the request to "deactivate"', { sentAt: 200, knownAt: 1_501 }, 0],
  ])('expects what was published %s', (_when, times, expected) => {
    const changes = [ACTIVATED, deactivated];
    expect(judge({ parcels: [parcel(times)], posts: [], changes })).toMatchObject({ expected });
  });

  it('takes what was published and came while deactivated for unexpected, and for a forbidden POST', () => {
    const changes = [ACTIVATED, deactivated, again];
    const verdict = judge({
      parcels: [parcel({ sentAt: 1_600, knownAt: 1_610 })],
      posts: [post({ at: 5_000 })],
      changes,
    });
    expect(verdict).toMatchObject({ unexpected: { count: 2 }, forbiddenPosts: { count: 1 } });
  });

  it('forgives a POST that was on its way', () => {
    const verdict = judge({ posts: [post({ at: 1_700 })], changes: [ACTIVATED, deactivated, again] });
    expect(verdict).toMatchObject({ delivered: 2, forbiddenPosts: { count: 0 } });
  });

  it('forgives a POST that a pause held up, and no other', () => {
    const changes = [ACTIVATED, deactivated, again];
    const late = { posts: [post({ at: 9_000 })], changes };
    expect(judge({ ...late, pauses: [{ from: 1_400, to: 8_900 }] }).forbiddenPosts.count).toBe(0);
    expect(judge({ ...late, pauses: [{ from: 4_000, to: 8_900 }] }).forbiddenPosts.count).toBe(1);
    expect(judge({ ...late, pauses: [{ from: 1_400, to: 5_000 }] }).forbiddenPosts.count).toBe(1);
  });

  it('lets what was published while deactivated come after it is activated again', () => {
    const verdict = judge({
      parcels: [parcel({ sentAt: 1_600, knownAt: 1_610 })],
      posts: [post({ at: 61_000 })],
      changes: [ACTIVATED, deactivated, again],
    });
    expect(verdict).toMatchObject({ expected: 0, unexpected: { count: 0 }, forbiddenPosts: { count: 0 } });
  });

  it('forbids POSTs to a target that was replaced', () => {
    const replaced: WebhookChange = {
      endpoint: 'a',
      change: 'retarget',
      requestedAt: 300,
      doneAt: 400,
      revision: 2,
    };
    const changes = [ACTIVATED, replaced];
    expect(judge({ changes, posts: [post({ at: 2_300 })] })).toMatchObject({ forbiddenPosts: { count: 0 } });
    expect(judge({ changes, posts: [post({ at: 2_500 })] })).toMatchObject({ forbiddenPosts: { count: 1 } });
    expect(judge({ changes, posts: [post({ revision: 2 })] })).toMatchObject({
      forbiddenPosts: { count: 0 },
    });
  });
});

describe('unexpected', () => {
  it.each([
    ['what was never published', { parcels: [parcel({ id: 'q' })] }],
    ['more events than were published', { parcels: [parcel({ events: 0 })] }],
    ["another client's events", { parcels: [parcel({ clientId: 2 })] }],
    ['events of another type', { parcels: [parcel({ type: 'click' })] }],
  ])('is %s', (_what, evidence) => {
    expect(judge(evidence).unexpected.count).toBe(2);
  });

  it('is a POST to an endpoint that nobody named', () => {
    expect(judge({ posts: [post(), post({ endpoint: 'x' })] }).unexpected.count).toBe(1);
  });
});

describe('copies and attempts', () => {
  it('counts further copies of what was accepted', () => {
    expect(judge({ posts: [post(), post({ at: 2_100 })] })).toMatchObject({ delivered: 2, duplicated: 2 });
  });

  it('does not count copies of what the receiver could not answer', () => {
    expect(judge({ posts: [post({ answered: false }), post({ at: 2_100 })] })).toMatchObject({
      delivered: 2,
      duplicated: 0,
    });
  });

  it('does not count what was refused before', () => {
    const posts = [post({ accepted: false }), post({ at: 3_000 }, [2, 2])];
    expect(judge({ posts })).toMatchObject({ delivered: 2, duplicated: 0, attemptWentDown: { events: 0 } });
  });

  it.each([
    ['no crash', [], 2],
    ['a crash before the event was published', [{ from: 0, to: 900 }], 2],
    ['a crash after it had come', [{ from: 3_001, to: 9_000 }], 2],
    ['a crash in between', [{ from: 1_500, to: 1_600 }], 0],
  ])('blames an attempt that went down with %s', (_what, crashes, blamed) => {
    const posts = [post({ accepted: false }, [3, 3]), post({ at: 3_000 }, [2, 2])];
    const { attemptWentDown } = judge({ posts, crashes });
    expect(attemptWentDown).toMatchObject({ events: 2, withoutCrash: { count: blamed } });
  });

  it('counts POSTs that are too large', () => {
    const large = post(
      {},
      Array.from({ length: 101 }, () => 1),
    );
    expect(judge({ parcels: [parcel({ events: 101 })], posts: [large] }).oversizedPosts).toBe(1);
  });
});
