import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { modelRuns } from '#libs/testing/modelRuns.ts';
import type { Pending } from '../pending.ts';
import { OVERTAKEN } from '../transitions.ts';
import { chunk, idsOf, openBacklog, owned } from './backlogFixture.ts';

let fixture: ReturnType<typeof openBacklog>;
let lastId = 0;
beforeAll(() => {
  fixture = openBacklog();
});
afterAll(() => fixture.close());

const failure = { now: 1, nextTryAt: 2, answered: true, error: 'status 500' };
const partOfId = (partId: string, failed = 1) => ({ id: partId, chunk: chunk(partId), dueAt: 100, failed });
const begin = (webhookId: number, run: string) =>
  fixture.backlog.begin(webhookId, { lane: 'deliveries', run });

/** Two entries and a part; the run "old" has read them, then "new" has begun. */
async function overtake() {
  const webhookId = ++lastId;
  const { backlog } = fixture;
  await backlog.append([{ webhookId, chunks: [chunk('a'), chunk('b'), chunk('c')] }]);
  await begin(webhookId, 'old');
  const [a, ...others] = owned(await backlog.read(webhookId, 'old', null, 9));
  await backlog.setAside(webhookId, 'old', a ? [a] : [], [partOfId('part')]);
  const parts = owned(await backlog.readAside(webhookId, 'old', 100, 9));
  await begin(webhookId, 'new');
  return { webhookId, read: [...others, ...parts] };
}

describe('a run that was overtaken', () => {
  it('is told so by every call, and changes nothing', async () => {
    const { webhookId, read } = await overtake();
    const { backlog } = fixture;
    const before = await fixture.contents(webhookId);
    const calls = {
      read: () => backlog.read(webhookId, 'old', null, 9),
      readAside: () => backlog.readAside(webhookId, 'old', 100, 9),
      fail: () => backlog.fail(webhookId, 'old', read, failure),
      recover: () => backlog.recover(webhookId, 'old'),
      setAside: () => backlog.setAside(webhookId, 'old', read, [partOfId('late')]),
      postpone: () => backlog.postpone(webhookId, 'old', 'part', { now: 1, dueAt: 999, error: '' }),
    };
    for (const [name, call] of Object.entries(calls)) {
      expect([name, await call()]).toEqual([name, OVERTAKEN]);
      expect(await fixture.contents(webhookId)).toEqual(before);
    }
  });

  it('may remove what it delivered, and the new run then finds only the others', async () => {
    const { webhookId, read } = await overtake();
    const [b, , part] = read;
    const { backlog } = fixture;
    await backlog.settle(webhookId, b && part ? [b, part] : [], { delivered: true });
    await fixture.expectSound(webhookId);
    expect(idsOf(owned(await backlog.read(webhookId, 'new', null, 9)))).toEqual(idsOf(read.slice(1, 2)));
    expect(await backlog.readAside(webhookId, 'new', 100, 9)).toEqual([]);
  });

  it('leaves nothing to take apart of what it delivered', async () => {
    const { webhookId, read } = await overtake();
    const { backlog } = fixture;
    await backlog.settle(webhookId, read, { delivered: true });
    // The new one had read an entry too, and it was refused.
    await backlog.setAside(webhookId, 'new', read.slice(0, 1), [partOfId('half'), partOfId('other half')]);
    expect((await fixture.contents(webhookId)).pending).toBeNull();
    await fixture.expectSound(webhookId);
  });

  it('cannot make the new one remove or count what is gone', async () => {
    const { webhookId, read } = await overtake();
    const { backlog } = fixture;
    const [b, c] = read;
    await backlog.settle(webhookId, read, { delivered: true });
    expect((await fixture.contents(webhookId)).pending).toBeNull();
    // The new one had read them too, and its POST fails.
    await backlog.fail(webhookId, 'new', read, failure);
    await backlog.append([{ webhookId, chunks: [chunk('d')] }]);
    expect(await backlog.settle(webhookId, b && c ? [b, c] : [], { delivered: true })).toMatchObject({
      removed: 0,
    });
    const [d] = owned(await backlog.read(webhookId, null, null, 9));
    expect(d?.failed).toBe(0);
    // With the last event goes also what was counted on the others.
    await backlog.settle(webhookId, d ? [d] : [], { delivered: true });
    expect(await fixture.contents(webhookId)).toMatchObject({ attempts: {}, units: [] });
  });
});

/** What two runs may do in any order. `at` and `size` choose among what the run has read last. */
interface Step {
  readonly run: string;
  readonly does: (typeof DOES)[number];
  readonly at: number;
  readonly size: number;
}
const DOES = [
  'append',
  'begin',
  'read',
  'readAside',
  'settle',
  'fail',
  'setAside',
  'recover',
  'kick',
  'drop',
] as const;
const step: fc.Arbitrary<Step> = fc.record({
  run: fc.constantFrom('one', 'two'),
  does: fc.constantFrom(...DOES),
  at: fc.nat(3),
  size: fc.integer({ min: 1, max: 3 }),
});

async function take(webhookId: number, read: Map<string, Pending[]>, { run, does, at, size }: Step) {
  const { backlog } = fixture;
  const some = (read.get(run) ?? []).slice(at, at + size);
  const keep = (found: Pending[] | typeof OVERTAKEN) => found !== OVERTAKEN && read.set(run, found);
  switch (does) {
    case 'append':
      return backlog.append([{ webhookId, chunks: Array(size).fill(chunk('x', { events: at + 1 })) }]);
    case 'begin':
      return backlog.begin(webhookId, { lane: await fixture.waiting.lane(webhookId), run });
    case 'read':
      return keep(await backlog.read(webhookId, run, null, 5));
    case 'readAside':
      return keep(await backlog.readAside(webhookId, run, 1_000, 5));
    case 'settle':
      return backlog.settle(webhookId, some, { delivered: at > 1 });
    case 'fail':
      return backlog.fail(webhookId, run, some, failure);
    case 'setAside':
      return some.length > 0 && backlog.setAside(webhookId, run, some, [partOfId(`${++lastId}`, at)]);
    case 'recover':
      return backlog.recover(webhookId, run);
    case 'kick':
      return backlog.kick(webhookId);
    case 'drop':
      return at === 3 && backlog.drop(webhookId);
  }
}

describe('whatever two runs do, in whatever order', () => {
  it('the backlog never contradicts itself: above all, it counts exactly what is there', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30, size: 'max' }), async (steps) => {
        const webhookId = ++lastId;
        const read = new Map<string, Pending[]>();
        for (const each of steps) {
          await take(webhookId, read, each);
          await fixture.expectSound(webhookId);
        }
      }),
      modelRuns(80),
    );
  });
});
