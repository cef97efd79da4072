import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { encodeChunk } from '#libs/backlog/chunk.ts';
import type { HandedOver } from '#libs/backlog/discarded.ts';
import { chunkOf as chunkOfPending } from '#libs/backlog/pending.ts';
import { OVERTAKEN } from '#libs/backlog/transitions.ts';
import { silentLogger } from '#libs/logging/logger.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { Archive } from '../archive.ts';
import { DiscardKeeper } from '../discardKeeper.ts';
import type { KeptStore } from '../keptStore.ts';
import { chunkOf, type Kept, openKept } from './keptFixture.ts';

let fixture: Kept;
beforeAll(async () => {
  fixture = await openKept();
});
afterAll(() => fixture.close());

const keepers: DiscardKeeper[] = [];
afterEach(async () => {
  await fixture.mysql.pass();
  for (const keeper of keepers.splice(0)) await keeper.close();
});

const notKept: number[] = [];

function startKeeper(store: Pick<KeptStore, 'add'> = fixture.store): DiscardKeeper {
  const { discarded } = fixture;
  const onNotKept = (events: number) => void notKept.push(events);
  const parts = { discarded, store, clock: Date.now, logger: silentLogger, onNotKept, tickMs: 20 };
  const keeper = new DiscardKeeper(parts);
  keepers.push(keeper);
  keeper.start();
  return keeper;
}

/** Events that come into the webhook's backlog and leave it as discarded, ten to a chunk. */
async function discard(webhookId: number, events: number): Promise<void> {
  const { backlog } = fixture;
  const chunks = Array.from({ length: events / 10 }, (_, at) =>
    chunkOf(Array.from({ length: 10 }, (__, n) => at * 10 + n)),
  );
  await backlog.append([{ webhookId, chunks }]);
  const found = await backlog.read(webhookId, null, null, chunks.length);
  if (found === OVERTAKEN) throw new Error('Nobody owns it.');
  const leaving = found.map((pending) => ({ ...pending, discarded: chunkOfPending(pending) }));
  await backlog.settle(webhookId, leaving, { delivered: false });
}

async function keptEvents(webhookId: number): Promise<number> {
  return (await fixture.rows(webhookId)).reduce((sum, row) => sum + Number(row.events), 0);
}

const inRedis = () => fixture.discarded.read(0, 10_000);

const until = (webhookId: number, events: number) =>
  waitUntil(async () => (await keptEvents(webhookId)) === events && (await inRedis()).length === 0, {
    what: `${events} events in MySQL, and none in Redis`,
  });

describe('the keeper of discarded events', () => {
  it('brings them from Redis to MySQL, each once, however many workers are at it', async () => {
    const webhookId = await fixture.webhookId();
    for (let workers = 0; workers < 3; workers++) startKeeper();
    for (let times = 0; times < 5; times++) await discard(webhookId, 500);
    for (const keeper of keepers) keeper.poke();
    await until(webhookId, 2_500);
  });

  it('looks also when nobody tells it, for those whose worker died', async () => {
    const webhookId = await fixture.webhookId();
    await discard(webhookId, 20);
    startKeeper();
    await until(webhookId, 20);
  });

  it('leaves them in Redis while MySQL is away, and goes on by itself', async () => {
    const webhookId = await fixture.webhookId();
    await fixture.mysql.cut();
    startKeeper().poke();
    await discard(webhookId, 100);
    await waitUntil(async () => !(await fixture.discarded.claim(0, 1)), { what: 'the keeper tries' });
    expect(await inRedis()).toHaveLength(10);
    await fixture.mysql.pass();
    await until(webhookId, 100);
  });

  it('writes a chunk once, also when it died between MySQL and Redis', async () => {
    const webhookId = await fixture.webhookId();
    await discard(webhookId, 50);
    const found: HandedOver[] = await inRedis();
    const keptAt = new Date();
    const left = found.map((each) => ({ ...each, reason: 'expired' as const, keptAt }));
    await fixture.store.add(left);
    expect(await keptEvents(webhookId)).toBe(50);
    startKeeper();
    await until(webhookId, 50);
  });

  it('counts those that can not be kept, and is not held up by them', async () => {
    const [webhookId, gone] = [await fixture.webhookId(), 999_999];
    await discard(gone, 30);
    await discard(webhookId, 10);
    startKeeper();
    await until(webhookId, 10);
    expect(notKept).toEqual([30]);
  });
});

describe('the archive of delivered events', () => {
  function openArchive() {
    const dropped: number[] = [];
    const onNotKept = (events: number) => void dropped.push(events);
    const parts = { store: fixture.store, clock: Date.now, logger: silentLogger, onNotKept, everyMs: 20 };
    const archive = new Archive(parts);
    archive.start();
    const add = (webhookId: number, id: string, bytes: Buffer) => {
      const alive = chunkOf([1, 2]);
      const common = { source: 'entry', events: 2, oldestClock: 0, failed: 0 } as const;
      archive.add(webhookId, [{ pending: { ...common, id, bytes }, alive, expired: null }]);
    };
    return { archive, add, dropped };
  }

  it('is written soon, once for each unit, and at the latest at the end', async () => {
    const webhookId = await fixture.webhookId();
    const { archive, add } = openArchive();
    const bytes = encodeChunk(chunkOf([1, 2]));
    for (const id of ['1-0', '2-0', '1-0']) add(webhookId, id, bytes);
    await waitUntil(async () => (await keptEvents(webhookId)) === 4, { what: 'both units in MySQL' });
    add(webhookId, '3-0', bytes);
    await archive.close();
    expect(await keptEvents(webhookId)).toBe(6);
  });

  it('holds a bounded amount while MySQL is away, and counts what it drops', async () => {
    const webhookId = await fixture.webhookId();
    const { archive, add, dropped } = openArchive();
    await fixture.mysql.cut();
    const large = Buffer.alloc(1_048_576);
    const small = encodeChunk(chunkOf([1, 2]));
    add(webhookId, 'small-0', small);
    for (let n = 0; n < 40; n++) add(webhookId, `large-${n}`, large);
    expect(dropped).toHaveLength(8);
    await archive.close();
    expect(await keptEvents(webhookId)).toBe(0);
  });
});
