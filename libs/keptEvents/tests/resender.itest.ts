import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { linesOf } from '#libs/backlog/chunk.ts';
import { chunkOf } from '#libs/backlog/pending.ts';
import type { BacklogSink } from '#libs/backlog/sink.ts';
import { OVERTAKEN } from '#libs/backlog/transitions.ts';
import { silentLogger } from '#libs/logging/logger.ts';
import type { Selection } from '../keptChunk.ts';
import { BacklogUnavailable, Resender } from '../resender.ts';
import { BOTH, createdOf, type Kept, kept, openKept } from './keptFixture.ts';

const ALL: Selection = { kind: 'created', from: 0, to: Number.MAX_SAFE_INTEGER };
const NOW = 1_800_000_000_000;

let fixture: Kept;
beforeAll(async () => {
  fixture = await openKept();
});
afterAll(() => fixture.close());
afterEach(() => fixture.mysql.pass());

function resender({
  sink = fixture.sink,
  ...more
}: {
  sink?: Pick<BacklogSink, 'appendChunks'>;
  rowsPerPage?: number;
  maxEvents?: number;
} = {}) {
  return new Resender({ store: fixture.store, sink, clock: () => NOW, logger: silentLogger, ...more });
}

const resend = (webhookId: number, selection: Selection = ALL, by = resender()) =>
  by.resend(webhookId, { selection, reasons: BOTH });

/** What waits in the webhook's backlog: the numbers of the events, and all their clocks. */
async function waiting(webhookId: number) {
  const found = await fixture.backlog.read(webhookId, null, null, 100_000);
  if (found === OVERTAKEN) throw new Error('Nobody owns it.');
  const chunks = found.map(chunkOf);
  return {
    numbers: chunks.flatMap((chunk) => linesOf(chunk).map((line) => Number(JSON.parse(line).n))),
    clocks: new Set(chunks.flatMap(({ clocks }) => clocks)),
    attempts: new Set(chunks.flatMap((chunk) => linesOf(chunk).map((line) => JSON.parse(line).attempt))),
  };
}

const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, at) => first + at);

describe('resending', () => {
  it('appends the events with a new clock and their first attempt, wakes their delivery, and keeps them no longer', async () => {
    const webhookId = await fixture.webhookId();
    for (let page = 0; page < 5; page++) await fixture.keep(webhookId, range(page * 10, page * 10 + 9));
    const anew = resender({ rowsPerPage: 2 });
    expect(await resend(webhookId, ALL, anew)).toEqual({ events: 50, next: null });
    const { numbers, clocks, attempts } = await waiting(webhookId);
    expect(numbers).toEqual(range(0, 49));
    expect([[...clocks], [...attempts]]).toEqual([[NOW], [1]]);
    const jobs = await Promise.all(fixture.waker.queues.map((queue) => queue.getJobs(['wait'])));
    expect(jobs.flat().filter((job) => job.data.webhookId === webhookId)).toHaveLength(1);
    expect(await resend(webhookId)).toEqual({ events: 0, next: null });
  });

  it('finds by its creation what was resent before, and has been discarded again', async () => {
    const webhookId = await fixture.webhookId();
    await fixture.keep(webhookId, [1, 2]);
    await resend(webhookId);
    const found = await fixture.backlog.read(webhookId, null, null, 9);
    if (found === OVERTAKEN) throw new Error('Nobody owns it.');
    const [pending] = found;
    await fixture.store.add([
      kept(webhookId, [1, 2], pending ? { unitId: pending.id, bytes: pending.bytes } : {}),
    ]);
    const second: Selection = { kind: 'created', from: createdOf(2), to: createdOf(2) + 1 };
    expect(await resend(webhookId, second)).toEqual({ events: 1, next: null });
  });

  it('loses nothing when MySQL goes between the append and the deletion; what was appended may come twice', async () => {
    const webhookId = await fixture.webhookId();
    for (let page = 0; page < 4; page++) await fixture.keep(webhookId, range(page * 10, page * 10 + 9));
    let pages = 0;
    const sink: Pick<BacklogSink, 'appendChunks'> = {
      async appendChunks(...args) {
        await fixture.sink.appendChunks(...args);
        pages += 1;
        if (pages === 2) await fixture.mysql.cut();
      },
    };
    const interrupted = resend(webhookId, ALL, resender({ sink, rowsPerPage: 1 }));
    await expect(interrupted).rejects.toThrow(/MySQL/);
    await fixture.mysql.pass();
    // The page in the middle of it comes again, the one before does not.
    expect(await resend(webhookId)).toEqual({ events: 30, next: null });
    const { numbers } = await waiting(webhookId);
    const expected = [...range(0, 39), ...range(10, 19)];
    expect(numbers.toSorted((a, b) => a - b)).toEqual(expected.toSorted((a, b) => a - b));
  });

  it('keeps what Redis does not take', async () => {
    const webhookId = await fixture.webhookId();
    await fixture.keep(webhookId, [1, 2, 3]);
    const sink = { appendChunks: () => Promise.reject(new Error('OOM command not allowed')) };
    await expect(resend(webhookId, ALL, resender({ sink }))).rejects.toThrow(BacklogUnavailable);
    expect(await resend(webhookId)).toEqual({ events: 3, next: null });
  });

  it('resends nothing twice to two who ask at once', async () => {
    const webhookId = await fixture.webhookId();
    for (let page = 0; page < 20; page++) await fixture.keep(webhookId, range(page * 10, page * 10 + 9));
    const both = await Promise.all([resend(webhookId), resend(webhookId)]);
    expect(both.reduce((sum, { events }) => sum + events, 0)).toBe(200);
    expect((await waiting(webhookId)).numbers.toSorted((a, b) => a - b)).toEqual(range(0, 199));
  });

  it('never takes again what it has resent itself, however soon that is kept again', async () => {
    const webhookId = await fixture.webhookId();
    for (let page = 0; page < 3; page++) await fixture.keep(webhookId, [page]);
    let appended = 0;
    const sink: Pick<BacklogSink, 'appendChunks'> = {
      async appendChunks(...args) {
        await fixture.sink.appendChunks(...args);
        appended += 1;
        // Delivered, and archived.
        await fixture.keep(webhookId, [appended], { reason: 'delivered' });
      },
    };
    const quick = resender({ sink, rowsPerPage: 1 });
    expect(await resend(webhookId, ALL, quick)).toEqual({ events: 3, next: null });
  });

  it('does at most so much at once, and says when there is more', async () => {
    const webhookId = await fixture.webhookId();
    for (let page = 0; page < 3; page++) await fixture.keep(webhookId, range(page * 10, page * 10 + 9));
    const small = resender({ maxEvents: 20, rowsPerPage: 1 });
    const first = await resend(webhookId, ALL, small);
    expect(first).toEqual({ events: 20, next: { after: expect.any(Number), until: expect.any(Number) } });
    // What is kept meanwhile is not meant.
    await fixture.keep(webhookId, [100]);
    const cursor = first.next ?? undefined;
    const rest = await small.resend(webhookId, { selection: ALL, reasons: BOTH, cursor });
    expect(rest).toEqual({ events: 10, next: null });
    expect((await waiting(webhookId)).numbers).toEqual(range(0, 29));
  });

  it('packs events that were kept one by one', async () => {
    const webhookId = await fixture.webhookId();
    await fixture.store.add(range(0, 249).map((n) => kept(webhookId, [n])));
    expect(await resend(webhookId)).toEqual({ events: 250, next: null });
    const found = await fixture.backlog.read(webhookId, null, null, 1_000);
    if (found === OVERTAKEN) throw new Error('Nobody owns it.');
    expect(found.map(({ events }) => events)).toEqual([100, 100, 50]);
    expect((await waiting(webhookId)).numbers).toEqual(range(0, 249));
  });

  it('looks no further once all ids were found', async () => {
    const webhookId = await fixture.webhookId();
    for (let page = 0; page < 5; page++) await fixture.keep(webhookId, range(page * 10, page * 10 + 9));
    const pages: number[] = [];
    const store = {
      lastId: (id: number) => fixture.store.lastId(id),
      takePage: (...args: Parameters<typeof fixture.store.takePage>) => {
        pages.push(args[0].after);
        return fixture.store.takePage(...args);
      },
    };
    const { sink } = fixture;
    const by = new Resender({ store, sink, clock: () => NOW, logger: silentLogger, rowsPerPage: 1 });
    const two: Selection = { kind: 'ids', ids: new Set(['e3', 'e15']) };
    expect(await resend(webhookId, two, by)).toEqual({ events: 2, next: null });
    expect(pages).toHaveLength(2);
  });

  it('takes 100,000 events page by page', async () => {
    const webhookId = await fixture.webhookId();
    for (let page = 0; page < 10; page++) {
      const chunks = range(0, 99).map((at) =>
        kept(webhookId, range((page * 100 + at) * 100, (page * 100 + at) * 100 + 99)),
      );
      await fixture.store.add(chunks);
    }
    const sizes: number[] = [];
    const sink: Pick<BacklogSink, 'appendChunks'> = {
      appendChunks(appends, options) {
        sizes.push(appends.reduce((sum, { chunks }) => sum + chunks.length, 0));
        return fixture.sink.appendChunks(appends, options);
      },
    };
    expect(await resend(webhookId, ALL, resender({ sink }))).toEqual({ events: 100_000, next: null });
    expect(Math.max(...sizes)).toBe(50);
    expect(new Set((await waiting(webhookId)).numbers).size).toBe(100_000);
  }, 120_000);
});
