import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { cut } from '../chunk.ts';
import { chunkOf, partOf } from '../pending.ts';
import { chunk, GRACE_MS, idsOf, openBacklog, owned } from './backlogFixture.ts';

let fixture: ReturnType<typeof openBacklog>;
let id = 0;
beforeAll(() => {
  fixture = openBacklog();
});
beforeEach(() => {
  id += 1;
});
afterAll(() => fixture.close());

const FAR = Number.MAX_SAFE_INTEGER;
const part = (name: string, { events = 1, dueAt = 100, failed = 1 } = {}) => ({
  id: `${name}-id`,
  chunk: chunk(name, { events }),
  dueAt,
  failed,
});
const readParts = async (until = FAR) => owned(await fixture.backlog.readAside(id, 'run', until, 100));
const settle = (what: Parameters<typeof fixture.backlog.settle>[1]) =>
  fixture.backlog.settle(id, what, { delivered: true });

/** An entry of 10 events in the backlog, owned by "run". */
async function appended() {
  await fixture.backlog.append([{ webhookId: id, chunks: [chunk('a', { events: 10 })] }]);
  await fixture.backlog.begin(id, { lane: 'deliveries', run: 'run' });
  return owned(await fixture.backlog.read(id, 'run', null, 100));
}

describe('parts', () => {
  it('take the place of what was refused, with the attempts that failed so far', async () => {
    const entries = await appended();
    const halves = cut(chunk('a', { events: 10 }), 5).map((half, at) => {
      return { id: `half${at}`, chunk: half, dueAt: 200 - at, failed: 4 };
    });
    expect(await fixture.backlog.setAside(id, 'run', entries, halves)).toBeUndefined();
    await fixture.expectSound(id);
    const parts = await readParts();
    expect(parts.map((each) => [each.id, each.source, each.events, each.failed])).toEqual([
      ['half1', 'part', 5, 4],
      ['half0', 'part', 5, 4],
    ]);
    expect(parts.map((each) => chunkOf(each))).toEqual(halves.map((half) => half.chunk).toReversed());
    expect(await fixture.backlog.begin(id, { lane: 'deliveries', run: 'run' })).toMatchObject({
      entries: 0,
      events: 10,
      parts: 2,
      firstPartDueAt: 199,
    });
  });

  it('are counted when some of the events that they replace were too old to be kept', async () => {
    await fixture.backlog.setAside(id, 'run', await appended(), [part('b', { events: 3 })]);
    await fixture.expectSound(id);
    expect((await fixture.contents(id)).pending).toBe(3);
  });

  it('are read when they are due, those that have waited longest first', async () => {
    await fixture.backlog.setAside(id, 'run', await appended(), [
      part('late', { dueAt: 300 }),
      part('early', { dueAt: 100 }),
      part('next', { dueAt: 200 }),
    ]);
    expect(idsOf(await readParts(99))).toEqual([]);
    expect(idsOf(await readParts(200))).toEqual(['early-id', 'next-id']);
    expect(idsOf(owned(await fixture.backlog.readAside(id, 'run', FAR, 1)))).toEqual(['early-id']);
    expect(await fixture.backlog.firstPartDueAt(id)).toBe(100);
  });

  it('are replaced by smaller ones, and settled like entries', async () => {
    await fixture.backlog.setAside(id, 'run', await appended(), [part('b', { events: 10 })]);
    const pieces = [part('c', { events: 5, failed: 2 }), part('d', { events: 5, failed: 2 })];
    await fixture.backlog.setAside(id, 'run', [partOf(part('b', { events: 10 }))], pieces);
    await fixture.expectSound(id);
    expect((await fixture.contents(id)).attempts).toEqual({ 'c-id': '2', 'd-id': '2' });
    const [c, d] = await readParts();
    const left = { entries: 0, firstPartDueAt: pieces[1]?.dueAt };
    expect(await settle(c ? [c] : [])).toEqual({ removed: 5, ...left });
    expect(await settle(c ? [c] : [])).toEqual({ removed: 0, ...left });
    await fixture.expectSound(id);
    expect(await settle(d ? [d] : [])).toEqual({ removed: 5, entries: 0, firstPartDueAt: null });
    await fixture.expectSound(id);
    expect(await fixture.contents(id)).toMatchObject({ units: [], pending: null, attempts: {} });
    expect(await fixture.backlog.firstPartDueAt(id)).toBeNull();
  });

  it('that are refused again wait once more, and count it', async () => {
    await fixture.backlog.setAside(id, 'run', await appended(), [part('b', { failed: 0 })]);
    // Also when the clock says that it was due at that time before.
    for (const dueAt of [500, 500, 400]) {
      await fixture.backlog.postpone(id, 'run', 'b-id', { now: 300, dueAt, error: 'status 500' });
    }
    await fixture.backlog.postpone(id, 'run', 'gone', { now: 300, dueAt: 9, error: 'status 500' });
    expect(await fixture.contents(id)).toMatchObject({ due: { 'b-id': 400 }, attempts: { 'b-id': '3' } });
    expect(await readParts()).toMatchObject([{ failed: 3 }]);
    expect(await fixture.waiting.lane(id)).toBe('deliveries');
    await fixture.expectSound(id);
  });

  it('that are all that waits make their webhook overdue only after they are due', async () => {
    const dueAt = fixture.time.now + 600_000;
    await fixture.backlog.setAside(id, 'run', await appended(), [part('b', { dueAt })]);
    await fixture.backlog.begin(id, { lane: 'deliveries', run: 'run2' });
    expect((await fixture.contents(id)).waiting).toBe(dueAt + GRACE_MS);
  });
});

describe('dropping', () => {
  const own = openBacklog();
  afterAll(() => own.close());

  it('leaves no key behind, and says how many events went', async () => {
    const { backlog } = own;
    await backlog.append([{ webhookId: 5, chunks: [chunk('a', { events: 4 }), chunk('b')] }]);
    await backlog.begin(5, { lane: 'deliveries', run: 'run' });
    const [a] = owned(await backlog.read(5, 'run', null, 1));
    await backlog.setAside(5, 'run', a ? [a] : [], [part('c', { events: 4 })]);
    const failure = { now: 1, nextTryAt: 2, answered: true, error: 'status 500' };
    await backlog.fail(5, 'run', owned(await backlog.read(5, 'run', null, 9)), failure);
    expect(await own.keysLeft()).not.toEqual([]);

    expect(await backlog.drop(5)).toBe(5);
    expect(await own.keysLeft()).toEqual([]);
    expect(await backlog.drop(5)).toBe(0);
    // Its jobs are still there, and so may be a run and an answer that is on the way.
    await backlog.begin(5, { lane: 'retries', run: 'job' });
    await backlog.begin(5, { lane: 'deliveries', run: 'job' });
    await backlog.fail(5, 'run', a ? [a] : [], failure);
    await backlog.settle(5, a ? [a] : [], { delivered: true });
    await backlog.setAside(5, 'run', a ? [a] : [], [part('d')]);
    await backlog.postpone(5, 'run', 'c-id', { now: 1, dueAt: 2, error: '' });
    await backlog.recover(5, 'run');
    await backlog.kick(5);
    await own.waiting.lookAgainAt(5, 9);
    expect(await own.keysLeft()).toEqual([]);
  });
});
