import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { chunkOf } from '../pending.ts';
import { chunk, GRACE_MS, idsOf, openBacklog, owned } from './backlogFixture.ts';

type Fixture = ReturnType<typeof openBacklog>;
let fixture: Fixture;
let id = 0;
beforeAll(() => {
  fixture = openBacklog();
});
beforeEach(() => {
  id += 1;
});
afterAll(() => fixture.close());

const append = (...chunks: ReturnType<typeof chunk>[]) => fixture.backlog.append([{ webhookId: id, chunks }]);
const begin = (run: string, lane: 'deliveries' | 'retries' = 'deliveries') =>
  fixture.backlog.begin(id, { lane, run });
const readAll = async (run: string | null) => owned(await fixture.backlog.read(id, run, null, 100));
const failure = { now: 1_000_000, nextTryAt: 1_010_000, answered: true, error: 'status 500' };

describe('appending', () => {
  it('says whether the delivery must be woken, and in which lane the webhook is', async () => {
    expect(await append(chunk('a', { events: 2 }), chunk('b'))).toEqual([
      { webhookId: id, asleep: expect.any(String), lane: 'deliveries' },
    ]);
    expect(await append(chunk('c'))).toMatchObject([{ asleep: expect.any(String) }]);
    expect(await fixture.contents(id)).toMatchObject({
      pending: 4,
      waiting: fixture.time.now + GRACE_MS,
      oldest: 500,
    });
    await fixture.expectSound(id);
  });

  it('wants its delivery to be woken until a run begins', async () => {
    await append(chunk('a'));
    await begin('run');
    expect(await append(chunk('b'))).toMatchObject([{ asleep: null }]);
    await fixture.backlog.settle(id, await readAll('run'), { delivered: true });
    expect(await append(chunk('c'))).toMatchObject([{ asleep: expect.any(String) }]);
    expect(await append(chunk('d'))).toMatchObject([{ asleep: expect.any(String) }]);
  });

  it('serves many webhooks of many shards in one call, in the order asked', async () => {
    const many = openBacklog({ shards: 4 });
    const ids = Array.from({ length: 40 }, (_, at) => at + 1);
    const appended = await many.backlog.append(ids.map((webhookId) => ({ webhookId, chunks: [chunk('a')] })));
    expect(appended.map(({ webhookId }) => webhookId).toSorted((a, b) => a - b)).toEqual(ids);
    expect(appended.every(({ asleep }) => asleep !== null)).toBe(true);
    for (const webhookId of ids) await many.expectSound(webhookId);
    await many.close();
  });

  it('of nothing leaves nothing', async () => {
    expect(await append()).toEqual([]);
    expect(await fixture.contents(id)).toMatchObject({ pending: null, waiting: null, units: [] });
  });
});

describe('reading', () => {
  it('goes from the head on, oldest first, past whatever was read before', async () => {
    await append(chunk('a', { events: 3, created: 300 }), chunk('b', { created: 100 }), chunk('c'));
    await begin('run');
    const [a, b] = owned(await fixture.backlog.read(id, 'run', null, 2));
    const rest = owned(await fixture.backlog.read(id, 'run', b?.id ?? '', 2));
    expect(a).toMatchObject({ source: 'entry', events: 3, oldestClock: 300, failed: 0 });
    expect(a && chunkOf(a)).toEqual(chunk('a', { events: 3, created: 300 }));
    expect(rest.map((each) => chunkOf(each))).toEqual([chunk('c')]);
    expect(await fixture.contents(id)).toMatchObject({ oldest: 300 });
  });

  it('needs no ownership to look', async () => {
    await append(chunk('a'));
    expect(await readAll(null)).toHaveLength(1);
  });
});

describe('a run', () => {
  it('finds how the webhook stands', async () => {
    await append(chunk('a', { events: 7 }), chunk('b'));
    expect(await begin('run')).toEqual({
      mine: true,
      failures: 0,
      refusals: 0,
      nextTryAt: 0,
      entries: 2,
      events: 8,
      parts: 0,
      firstPartDueAt: null,
    });
  });

  it('is told when the webhook is in the other lane', async () => {
    await append(chunk('a'));
    expect(await begin('run', 'retries')).toEqual({ mine: false, lane: 'deliveries' });
    await begin('run');
    await fixture.backlog.fail(id, 'run', await readAll('run'), failure);
    expect(await begin('run')).toEqual({ mine: false, lane: 'retries' });
  });

  it('that finds nothing leaves nothing behind', async () => {
    expect(await begin('run')).toMatchObject({ mine: true, entries: 0, parts: 0 });
    expect(await fixture.contents(id)).toMatchObject({ state: {}, waiting: null, pending: null });
  });

  it('says when another must have begun at the latest, also when it waits for the next try', async () => {
    await append(chunk('a'));
    await begin('run');
    await fixture.backlog.fail(id, 'run', await readAll('run'), failure);
    await begin('early', 'retries');
    expect((await fixture.contents(id)).waiting).toBe(failure.nextTryAt + GRACE_MS);
  });
});

describe('settling', () => {
  it('removes what was delivered, once', async () => {
    await append(chunk('a', { events: 3 }), chunk('b', { events: 2 }));
    await begin('run');
    const [a, b] = await readAll('run');
    const settle = (what: typeof a) => fixture.backlog.settle(id, what ? [what] : [], { delivered: true });
    expect(await settle(a)).toEqual({ removed: 3, entries: 1, firstPartDueAt: null });
    expect(await settle(a)).toEqual({ removed: 0, entries: 1, firstPartDueAt: null });
    await fixture.expectSound(id);
    expect(await settle(b)).toEqual({ removed: 2, entries: 0, firstPartDueAt: null });
    expect(await fixture.contents(id)).toMatchObject({ pending: null, waiting: null, oldest: null });
    expect((await fixture.contents(id)).state.lastSuccess).toBe(String(fixture.time.now));
  });

  it('remembers no success when it discards', async () => {
    await append(chunk('a'));
    await fixture.backlog.settle(id, await readAll(null), { delivered: false });
    expect((await fixture.contents(id)).state).toEqual({});
    await fixture.expectSound(id);
  });

  it('never lets an id come twice, even when the clock jumps back to before the first event', async () => {
    await append(chunk('a'));
    // What the server does when its clock jumps back: ids go on from the last one, because the stream remembers it.
    const { backlog: stream } = fixture.keys.of(id);
    await fixture.redis.xadd(stream, '99999999999999-7', 'c', 'x', 'n', '1', 'o', '1');
    await fixture.redis.xdel(stream, '99999999999999-7');
    const [first] = await readAll(null);
    await fixture.backlog.settle(id, first ? [first] : [], { delivered: true });
    await append(chunk('b'));
    expect(idsOf(await readAll(null))).toEqual(['99999999999999-8']);
  });
});

describe('a failed transmission', () => {
  it('is counted on what it carried, and on nothing else', async () => {
    await append(chunk('a'), chunk('b'), chunk('c'));
    const [a, b] = await readAll(null);
    for (const run of ['one', 'two', 'three']) {
      await begin(run, run === 'one' ? 'deliveries' : 'retries');
      await fixture.backlog.fail(id, run, a && b ? [a, b] : [], failure);
    }
    expect((await readAll(null)).map(({ failed }) => failed)).toEqual([3, 3, 0]);
  });

  it('moves the webhook to the lane of retries until it recovers', async () => {
    await append(chunk('a'));
    await begin('run');
    const what = await readAll('run');
    await fixture.backlog.fail(id, 'run', what, failure);
    expect(await append(chunk('b'))).toMatchObject([{ asleep: null, lane: 'retries' }]);
    expect((await fixture.contents(id)).waiting).toBe(failure.nextTryAt + GRACE_MS);
    expect(await fixture.waiting.lane(id)).toBe('retries');
    expect(await begin('run2', 'retries')).toMatchObject({ failures: 1, refusals: 1, nextTryAt: 1_010_000 });
    await fixture.backlog.recover(id, 'run2');
    expect(await begin('run3')).toMatchObject({ failures: 0, refusals: 0, nextTryAt: 0 });
    expect((await readAll('run3')).map(({ failed }) => failed)).toEqual([1, 0]);
  });

  it('without an answer ends the row of refusals, not that of failures', async () => {
    await append(chunk('a'));
    const what = await readAll(null);
    for (const [run, answered] of [true, true, false, true].entries()) {
      await begin(`${run}`, run === 0 ? 'deliveries' : 'retries');
      await fixture.backlog.fail(id, `${run}`, what, { ...failure, answered });
    }
    expect(await begin('run', 'retries')).toMatchObject({ failures: 4, refusals: 1 });
  });

  it('is forgotten with what it was counted on', async () => {
    await append(chunk('a'), chunk('b'));
    await begin('run');
    const [a, b] = await readAll('run');
    await fixture.backlog.fail(id, 'run', a && b ? [a, b] : [], failure);
    await fixture.backlog.settle(id, a ? [a] : [], { delivered: true });
    expect((await fixture.contents(id)).attempts).toEqual({ [b?.id ?? '']: '1' });
    await fixture.backlog.settle(id, b ? [b] : [], { delivered: true });
    expect(await fixture.contents(id)).toMatchObject({ attempts: {} });
    expect((await fixture.contents(id)).state.failed).toBeUndefined();
  });

  it('is forgotten at once by hand, but the attempts stay', async () => {
    expect(await fixture.backlog.kick(id)).toEqual({ pending: false, lane: 'deliveries' });
    await append(chunk('a'));
    await begin('run');
    await fixture.backlog.fail(id, 'run', await readAll('run'), failure);
    expect(await fixture.backlog.kick(id)).toEqual({ pending: true, lane: 'retries' });
    expect(await begin('run', 'retries')).toMatchObject({ failures: 0, refusals: 0, nextTryAt: 0 });
    expect((await readAll('run')).map(({ failed }) => failed)).toEqual([1]);
  });
});
