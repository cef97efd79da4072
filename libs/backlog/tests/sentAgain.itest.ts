import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { chunk, openBacklog, owned } from './backlogFixture.ts';

/**
 * A connection that broke sends what was not answered once more; it may have been carried out. Here every call is
 * made twice, and the second must change nothing.
 */
let fixture: ReturnType<typeof openBacklog>;
let id = 0;
beforeAll(() => {
  fixture = openBacklog();
});
beforeEach(() => {
  id += 1;
});
afterAll(() => fixture.close());

async function twice<T>(call: () => Promise<T>): Promise<T> {
  const first = await call();
  const before = await fixture.contents(id);
  expect(await call()).toEqual(first);
  expect(await fixture.contents(id)).toEqual(before);
  await fixture.expectSound(id);
  return first;
}

const append = (name: string, commit: number) =>
  fixture.backlog.append([{ webhookId: id, chunks: [chunk(`${name}1`), chunk(`${name}2`)] }], { commit });

async function begun() {
  await append('a', id * 10);
  await fixture.backlog.begin(id, { lane: 'deliveries', run: 'run' });
  return owned(await fixture.backlog.read(id, 'run', null, 9));
}

describe('sent twice', () => {
  it('a commit is appended once, and its delivery still must be woken', async () => {
    expect(await twice(() => append('a', id * 10))).toMatchObject([{ asleep: expect.any(String) }]);
    expect((await fixture.contents(id)).units).toHaveLength(2);
  });

  it('a commit of several webhooks is appended for those that it was not appended for', async () => {
    const other = id + 100_000;
    await append('a', id * 10);
    const chunks = [chunk('a')];
    const both = [id, other].map((webhookId) => ({ webhookId, chunks }));
    await fixture.backlog.append(both, { commit: id * 10 });
    expect((await fixture.contents(id)).units).toHaveLength(2);
    expect((await fixture.contents(other)).units).toHaveLength(1);
  });

  it('the next commit is another one', async () => {
    await append('a', id * 10);
    await append('b', id * 10 + 1);
    expect((await fixture.contents(id)).units).toHaveLength(4);
  });

  it('appends without a number are all appended', async () => {
    for (let count = 0; count < 2; count += 1) {
      await fixture.backlog.append([{ webhookId: id, chunks: [chunk('a')] }]);
    }
    expect((await fixture.contents(id)).units).toHaveLength(2);
  });

  it('a failure counts once', async () => {
    const read = await begun();
    const failure = { now: 1, nextTryAt: 2, answered: true, error: 'status 500' };
    await twice(() => fixture.backlog.fail(id, 'run', read, failure));
    expect(Object.values((await fixture.contents(id)).attempts)).toEqual(['1', '1']);
    await fixture.backlog.begin(id, { lane: 'retries', run: 'next' });
    await twice(() => fixture.backlog.fail(id, 'next', read, failure));
    expect((await fixture.contents(id)).state).toMatchObject({ failures: '2', refusals: '2' });
  });

  it('parts are set aside once', async () => {
    const [first] = await begun();
    const part = { id: `part-${id}`, chunk: chunk('a', { events: 3 }), dueAt: 100, failed: 1 };
    await twice(() => fixture.backlog.setAside(id, 'run', first ? [first] : [], [part]));
    expect((await fixture.contents(id)).pending).toBe(4);
  });

  it('what is settled is settled', async () => {
    const read = await begun();
    await fixture.backlog.settle(id, read, { delivered: true });
    const before = await fixture.contents(id);
    expect(await fixture.backlog.settle(id, read, { delivered: true })).toMatchObject({ removed: 0 });
    expect(await fixture.contents(id)).toEqual(before);
  });
});
