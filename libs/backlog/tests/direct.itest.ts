import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LEASE_MS } from '../leases.ts';
import { chunk, openBacklog, owned } from './backlogFixture.ts';

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

const TAKEN = { mine: false, lane: null };
const NEEDS_JOB = { mine: false, lane: 'deliveries' };

/** Appends a chunk; its answer is the sleep that the webhook is in. */
async function append(name: string): Promise<string> {
  const [appended] = await fixture.backlog.append([{ webhookId: id, chunks: [chunk(name)] }]);
  return appended?.asleep ?? 'none';
}
const begin = (run: string, asleep?: string) =>
  fixture.backlog.begin(id, { lane: 'deliveries', run, asleep });
const readAll = async (run: string) => owned(await fixture.backlog.read(id, run, null, 100));
const settle = async (run: string) =>
  fixture.backlog.settle(id, await readAll(run), { delivered: true, run });
const leaseMs = () => fixture.redis.pttl(fixture.keys.of(id).lease);

describe('a direct run', () => {
  it('begins in place of a job, and says until when another must have begun', async () => {
    expect(await begin('direct', await append('a'))).toMatchObject({ mine: true, entries: 1 });
    expect(await fixture.contents(id)).toMatchObject({ waiting: fixture.time.now + LEASE_MS });
    expect(await readAll('direct')).toHaveLength(1);
  });

  it('keeps jobs away until its lease is over', async () => {
    await begin('direct', await append('a'));
    expect(await begin('job')).toEqual(TAKEN);
    expect(await readAll('direct')).toHaveLength(1);
    await fixture.leases.end(id, 'direct');
    expect(await begin('job')).toMatchObject({ mine: true });
  });

  it('has nothing to do when another run has begun since the append', async () => {
    const asleep = await append('a');
    await begin('job');
    expect(await begin('direct', asleep)).toEqual(TAKEN);
    expect(await begin('direct', 'none')).toEqual(TAKEN);
    expect(await readAll('job')).toHaveLength(1);
  });

  it('begins once more when the answer was lost', async () => {
    const asleep = await append('a');
    await begin('direct', asleep);
    expect(await begin('direct', asleep)).toMatchObject({ mine: true, entries: 1 });
    expect(await readAll('direct')).toHaveLength(1);
  });

  it('leaves a webhook to a job that has parts set aside', async () => {
    await append('a');
    await begin('job');
    const [unit] = await readAll('job');
    if (!unit) throw new Error('nothing to read');
    const part = { id: 'part', dueAt: 0, failed: 1, chunk: chunk('a') };
    await fixture.backlog.setAside(id, 'job', [unit], [part]);
    expect(await begin('direct', await append('b'))).toEqual(NEEDS_JOB);
    expect(await leaseMs()).toBe(-2);
  });

  it('leaves a webhook of the lane of retries to a job', async () => {
    await append('a');
    await begin('job');
    const failure = { now: 1, nextTryAt: 2, answered: true, error: 'status 500' };
    await fixture.backlog.fail(id, 'job', await readAll('job'), failure);
    await fixture.backlog.settle(id, await readAll('job'), { delivered: false });
    expect(await begin('direct', await append('b'))).toEqual({ mine: false, lane: 'retries' });
  });

  it('does not go past a queue that an operator has paused', async () => {
    const queue = fixture.waker.queues.find(({ name }) => name === 'deliveries');
    await queue?.pause();
    expect(await begin('direct', await append('a'))).toEqual(NEEDS_JOB);
    await queue?.resume();
    expect(await begin('direct', await append('b'))).toMatchObject({ mine: true });
  });
});

describe('a lease', () => {
  it('ends when nothing is left, so that the next sleep can end at once', async () => {
    await begin('direct', await append('a'));
    await settle('direct');
    expect(await begin('next', await append('b'))).toMatchObject({ mine: true });
    // The first one gives back what it has no more.
    await fixture.leases.end(id, 'direct');
    expect(await begin('job')).toEqual(TAKEN);
  });

  it('stays when somebody else has removed what the run has in hand', async () => {
    await begin('direct', await append('a'));
    await fixture.backlog.settle(id, await readAll('direct'), { delivered: true, run: 'late' });
    expect(await begin('other', await append('b'))).toEqual(NEEDS_JOB);
    expect(await begin('job')).toEqual(TAKEN);
  });

  it('is renewed by its run alone, and with it the time until another must have begun', async () => {
    await begin('direct', await append('a'));
    await sleep(20);
    fixture.time.now += 7_000;
    const before = await leaseMs();
    await fixture.leases.renew(id, 'other');
    expect(await leaseMs()).toBeLessThanOrEqual(before);
    await fixture.leases.renew(id, 'direct');
    expect(await leaseMs()).toBeGreaterThan(before);
    expect(await fixture.contents(id)).toMatchObject({ waiting: fixture.time.now + LEASE_MS });
  });

  it('leaves nothing behind in Redis', async () => {
    const own = openBacklog();
    const [appended] = await own.backlog.append([{ webhookId: 1, chunks: [chunk('a')] }]);
    await own.backlog.begin(1, { lane: 'deliveries', run: 'direct', asleep: appended?.asleep ?? '' });
    const units = owned(await own.backlog.read(1, 'direct', null, 1));
    await own.backlog.settle(1, units, { delivered: true, run: 'direct' });
    expect((await own.keysLeft()).filter((key) => key.includes('lease'))).toEqual([]);
    await own.close();
  });
});
