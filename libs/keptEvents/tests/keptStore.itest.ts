import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Chunk, encodeChunk, linesOf, packChunk } from '#libs/backlog/chunk.ts';
import { silentLogger } from '#libs/logging/logger.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import type { Selection } from '../keptChunk.ts';
import { KeptCipher } from '../keptCipher.ts';
import { KeptExpiry } from '../keptExpiry.ts';
import { listDiscarded } from '../keptList.ts';
import { rotateKept } from '../rotateKept.ts';
import { BOTH, CLIENT_ID, chunkOf, createdOf, KEY, type Kept, kept, openKept } from './keptFixture.ts';

const FAR = Number.MAX_SAFE_INTEGER;
const NEW_KEY = Buffer.alloc(32, 4);
const ALL: Selection = { kind: 'created', from: 0, to: Number.MAX_SAFE_INTEGER };

let fixture: Kept;
beforeAll(async () => {
  fixture = await openKept();
});
afterAll(() => fixture.close());

const numbersOf = (chunks: readonly Chunk[]) =>
  chunks.flatMap((chunk) => linesOf(chunk).map((line) => JSON.parse(line).n));

/** The numbers of the events that a page gives out, and what the page says. */
async function take(webhookId: number, selection: Selection, store = fixture.store) {
  const numbers: number[] = [];
  const query = { webhookId, reasons: BOTH, selection, after: 0, until: FAR, rows: 100 };
  const page = await store.takePage(query, async (chunks) => void numbers.push(...numbersOf(chunks)));
  return { numbers, page };
}

describe('kept events in MySQL', () => {
  it('have a row for each chunk, with what can be told without reading it', async () => {
    const webhookId = await fixture.webhookId();
    const keptAt = new Date('2026-03-01T12:00:00.123Z');
    // Resent before: their clocks are not when they were created.
    const bytes = encodeChunk(chunkOf([5, 3, 4], () => 9_000_000));
    await fixture.keep(webhookId, [5, 3, 4], { keptAt, bytes });
    const [row, ...others] = await fixture.rows(webhookId);
    expect(others).toEqual([]);
    expect(row).toMatchObject({ client_id: CLIENT_ID, reason: 'expired', events: 3 });
    expect([row?.oldest, row?.newest].map(Number)).toEqual([createdOf(3), createdOf(5)]);
    const { chunks } = await listDiscarded(fixture.database, webhookId, { limit: 10 });
    const [oldest, newest] = [3, 5].map((n) => new Date(createdOf(n)));
    expect(chunks).toMatchObject([{ at: keptAt, reason: 'expired', events: 3, oldest, newest }]);
  });

  it('holds nothing of an event in the clear, and opens only where it belongs', async () => {
    const [webhookId, other] = [await fixture.webhookId(), await fixture.webhookId()];
    // Too small to be compressed.
    await fixture.keep(webhookId, [1]);
    const [row] = await fixture.rows(webhookId);
    expect(String(row?.sealed)).not.toMatch(/anna|recipientId|created/);
    await fixture.sql('UPDATE kept_chunk SET webhook_id = ? WHERE webhook_id = ?', [other, webhookId]);
    expect(await take(other, ALL)).toMatchObject({ numbers: [], page: { unreadable: 1 } });
    await fixture.sql('UPDATE kept_chunk SET webhook_id = ? WHERE webhook_id = ?', [webhookId, other]);
    expect(await take(webhookId, ALL)).toMatchObject({ numbers: [1], page: { unreadable: 0 } });
  });

  it('are kept once, however often a unit is written, but for each reason', async () => {
    const webhookId = await fixture.webhookId();
    const chunk = kept(webhookId, [1, 2]);
    for (let times = 0; times < 2; times++) {
      await fixture.store.add([chunk, { ...chunk, reason: 'delivered' }, kept(webhookId, [3], chunk)]);
    }
    expect(await fixture.rows(webhookId)).toHaveLength(2);
  });

  it('are refused of webhooks that are gone, and when they are too large, and the rest is kept', async () => {
    const webhookId = await fixture.webhookId();
    const bytes = Buffer.alloc(5 * 1_048_576, 'x');
    const chunks = [kept(webhookId, [1]), kept(999_999, [2, 3]), kept(webhookId, [4], { bytes })];
    expect(await fixture.store.add(chunks)).toEqual({ refused: 3 });
    expect((await take(webhookId, ALL)).numbers).toEqual([1]);
  });

  it('are kept in pieces, once, when a chunk is too large for a row', async () => {
    const webhookId = await fixture.webhookId();
    const events = [1, 2, 3, 4, 5].map((n) => {
      const more = randomBytes(250_000).toString('base64');
      return { created: createdOf(n), text: `{"n":${n},"created":${createdOf(n)},"more":"${more}"` };
    });
    const chunk = kept(webhookId, [1, 2, 3, 4, 5], { bytes: encodeChunk(packChunk('open', events)) });
    for (let times = 0; times < 2; times++) expect(await fixture.store.add([chunk])).toEqual({ refused: 0 });
    expect((await fixture.rows(webhookId)).map((row) => row.events)).toEqual([3, 2]);
    // A page may be a single row.
    expect((await take(webhookId, ALL)).numbers).toEqual([1, 2, 3]);
    expect((await take(webhookId, ALL)).numbers).toEqual([4, 5]);
  });

  it('may be more than fit into a statement', async () => {
    const webhookId = await fixture.webhookId();
    // What does not compress.
    const text = `{"id":"x","created":${createdOf(1)},"more":"${KEY.toString('hex').repeat(20_000)}"`;
    const large = Buffer.from(`["open",${createdOf(1)}]\n${text},"attempt":1}`);
    const chunks = Array.from({ length: 8 }, () => kept(webhookId, [1], { bytes: large }));
    await fixture.store.add(chunks);
    expect(await fixture.rows(webhookId)).toHaveLength(8);
  });

  it('are taken out by time and by id, and what was not asked for stays', async () => {
    const webhookId = await fixture.webhookId();
    for (const numbers of [[1, 2, 3], [4, 5, 6], [7]]) await fixture.keep(webhookId, numbers);
    const between: Selection = { kind: 'created', from: createdOf(3), to: createdOf(5) };
    expect((await take(webhookId, between)).numbers).toEqual([3, 4]);
    expect((await take(webhookId, between)).numbers).toEqual([]);
    const { numbers, page } = await take(webhookId, { kind: 'ids', ids: new Set(['e7', 'e1', 'e3']) });
    expect(numbers).toEqual([1, 7]);
    expect(page).toMatchObject({ events: 2, ids: ['e1', 'e7'] });
    expect((await fixture.rows(webhookId)).map((row) => [row.events, Number(row.oldest)])).toEqual([
      [1, createdOf(2)],
      [2, createdOf(5)],
    ]);
    expect((await take(webhookId, ALL)).numbers).toEqual([2, 5, 6]);
    expect(await fixture.rows(webhookId)).toEqual([]);
  });

  it('stay when what was to be done with them fails', async () => {
    const webhookId = await fixture.webhookId();
    await fixture.keep(webhookId, [1, 2]);
    const query = { webhookId, reasons: BOTH, selection: ALL, after: 0, until: FAR, rows: 9 };
    const failing = fixture.store.takePage(query, () => Promise.reject(new Error('Redis is away')));
    await expect(failing).rejects.toThrow('Redis is away');
    expect((await take(webhookId, ALL)).numbers).toEqual([1, 2]);
  });

  it('are given to one of those who ask at the same time', async () => {
    const webhookId = await fixture.webhookId();
    for (let n = 1; n <= 20; n++) await fixture.keep(webhookId, [n]);
    const taken = await Promise.all(Array.from({ length: 4 }, () => take(webhookId, ALL)));
    expect(taken.flatMap(({ numbers }) => numbers).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, at) => at + 1),
    );
  });
});

describe('a new ENCRYPTION_KEY', () => {
  it('encrypts all that is kept with the new key, in batches, and names what it can not read', async () => {
    const webhookId = await fixture.webhookId();
    await fixture.sql('DELETE FROM kept_chunk');
    for (let n = 1; n <= 5; n++) await fixture.keep(webhookId, [n]);
    await fixture.storeWith(Buffer.alloc(32, 5)).add([kept(webhookId, [6])]);
    const seen: number[] = [];
    const rotate = () =>
      rotateKept({
        database: fixture.database,
        cipher: new KeptCipher({ keys: [NEW_KEY, KEY] }),
        batchSize: 4,
        onProgress: ({ looked }) => seen.push(looked),
      });
    expect(await rotate()).toEqual({ looked: 6, encrypted: 5, unreadable: 1 });
    expect(seen).toEqual([4, 6]);
    expect(await rotate()).toMatchObject({ encrypted: 0 });
    const { numbers, page } = await take(webhookId, ALL, fixture.storeWith(NEW_KEY));
    expect({ numbers, unreadable: page.unreadable }).toEqual({ numbers: [1, 2, 3, 4, 5], unreadable: 1 });
  });
});

describe('the expiry of kept events', () => {
  const expiry = (days: { expired: number; delivered: number }) =>
    new KeptExpiry({ database: fixture.database, days, logger: silentLogger, everyMs: 20 });

  it('deletes those whose days are over, by their reason, while another is not at it', async () => {
    const webhookId = await fixture.webhookId();
    const daysAgo = (days: number) => ({ keptAt: new Date(Date.now() - days * 86_400_000) });
    for (let n = 0; n < 600; n++) await fixture.keep(webhookId, [n], daysAgo(7.1));
    await fixture.keep(webhookId, [1_000], daysAgo(6.9));
    await fixture.keep(webhookId, [1_001], { ...daysAgo(6.9), reason: 'delivered' });
    await fixture.keep(webhookId, [1_002], { ...daysAgo(7.1), reason: 'delivered' });
    const expiries = [expiry({ expired: 7, delivered: 30 }), expiry({ expired: 7, delivered: 30 })];
    for (const each of expiries) each.start();
    await waitUntil(async () => (await fixture.rows(webhookId)).length === 3, { what: 'the old are gone' });
    for (const each of expiries) await each.close();
    expect((await take(webhookId, ALL)).numbers).toEqual([1_000, 1_001, 1_002]);
  });

  it('deletes everything of what is no longer kept', async () => {
    const webhookId = await fixture.webhookId();
    await fixture.keep(webhookId, [1]);
    await fixture.keep(webhookId, [2], { reason: 'delivered' });
    const none = expiry({ expired: 7, delivered: 0 });
    none.start();
    await waitUntil(async () => (await fixture.rows(webhookId)).length === 1, { what: 'one is left' });
    await none.close();
    expect((await take(webhookId, ALL)).numbers).toEqual([1]);
  });
});
