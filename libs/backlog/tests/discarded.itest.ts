import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeChunk, pick } from '../chunk.ts';
import { MAX_HANDED_OVER } from '../leaving.ts';
import { chunkOf, type Pending } from '../pending.ts';
import { chunk, openBacklog, owned } from './backlogFixture.ts';

type Fixture = ReturnType<typeof openBacklog>;

let keeping: Fixture;
let forgetful: Fixture;
let webhookId = 0;

beforeAll(() => {
  keeping = openBacklog({ keepDiscarded: true });
  forgetful = openBacklog();
});
afterAll(async () => {
  await keeping.close();
  await forgetful.close();
});
beforeEach(() => {
  webhookId += 1;
});

/** A unit of four events, read by the run that owns the webhook. */
async function unit(fixture: Fixture): Promise<Pending> {
  await fixture.backlog.append([{ webhookId, chunks: [chunk('a', { events: 4 })] }]);
  await fixture.backlog.begin(webhookId, { lane: 'deliveries', run: 'run' });
  const [pending] = owned(await fixture.backlog.read(webhookId, 'run', null, 9));
  if (!pending) throw new Error('Nothing was appended.');
  return pending;
}

async function handedOver(fixture: Fixture) {
  const found = await fixture.discarded.read(0, 100);
  return found.filter((each) => each.webhookId === webhookId);
}

const some = (pending: Pending, positions: number[]) => pick(chunkOf(pending), positions);

describe('events that leave a backlog as discarded', () => {
  it('are handed over whole, once, however often the unit is settled', async () => {
    const pending = await unit(keeping);
    const leaving = { ...pending, discarded: chunkOf(pending) };
    await keeping.backlog.settle(webhookId, [leaving], { delivered: false });
    await keeping.backlog.settle(webhookId, [leaving], { delivered: false });
    const [only, ...others] = await handedOver(keeping);
    expect(others).toEqual([]);
    expect(only).toMatchObject({ webhookId, unitId: pending.id, events: 4, bytes: pending.bytes });
    expect(await keeping.contents(webhookId)).toMatchObject({ units: [], pending: null });
  });

  it('are only those of a unit that nobody got', async () => {
    const pending = await unit(keeping);
    const discarded = some(pending, [1, 3]);
    await keeping.backlog.settle(webhookId, [{ ...pending, discarded }], { delivered: true, run: 'run' });
    const [only] = await handedOver(keeping);
    expect(only?.events).toBe(2);
    expect(decodeChunk(only?.bytes ?? Buffer.alloc(0))).toEqual(discarded);
  });

  it('are handed over as well when the rest is set aside, but not by a run that was overtaken', async () => {
    const pending = await unit(keeping);
    const leaving = { ...pending, discarded: some(pending, [0]) };
    const part = { id: 'b', chunk: some(pending, [1, 2, 3]), dueAt: 0, failed: 0 };
    await keeping.backlog.setAside(webhookId, 'another run', [leaving], [part]);
    expect(await handedOver(keeping)).toEqual([]);
    for (let times = 0; times < 2; times++) {
      await keeping.backlog.setAside(webhookId, 'run', [leaving], [part]);
    }
    expect(await handedOver(keeping)).toMatchObject([{ events: 1, unitId: pending.id }]);
    await keeping.expectSound(webhookId);
  });

  it('are just gone when nobody keeps them', async () => {
    const pending = await unit(forgetful);
    const discarded = chunkOf(pending);
    await forgetful.backlog.settle(webhookId, [{ ...pending, discarded }], { delivered: false });
    expect(await handedOver(forgetful)).toEqual([]);
  });

  it('are gone and counted beyond a bound, so that a Redis whose MySQL is away does not fill up', async () => {
    const { discarded: key } = keeping.keys.ofShard(0);
    const filling = keeping.redis.pipeline();
    for (let at = 0; at < MAX_HANDED_OVER; at++) filling.xadd(key, '*', 'w', 0, 'u', at, 'n', 1, 'c', '');
    await filling.exec();
    const pending = await unit(keeping);
    const leaving = { ...pending, discarded: chunkOf(pending) };
    await keeping.backlog.settle(webhookId, [leaving], { delivered: false });
    const [[, newest = []] = []] = await keeping.redis.xrevrange(key, '+', '-', 'COUNT', 1);
    expect(newest.slice(0, 2)).toEqual(['w', '0']);
    expect(await keeping.contents(webhookId)).toMatchObject({ units: [], pending: null });
    expect([await keeping.discarded.takeRefused(0), await keeping.discarded.takeRefused(0)]).toEqual([4, 0]);
    await keeping.redis.del(key);
  });
});

describe('the keeping of a shard', () => {
  it('is one worker’s at a time, until it releases it or its lease is over', async () => {
    const claim = (leaseMs: number) => keeping.discarded.claim(0, leaseMs);
    expect([await claim(60_000), await claim(60_000)]).toEqual([true, false]);
    await keeping.discarded.release(0);
    expect(await claim(1)).toBe(true);
    while (!(await claim(1))) await keeping.redis.ping();
  });
});
