import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { Deliveries, type DeliveryQuery } from '../deliveries.ts';
import { LogSecrets } from '../logSecrets.ts';
import { ACCEPTED, type OpenedLog, openLog, REFUSED, TIMEOUT, transmission } from './logFixture.ts';

const DAY_MS = 86_400_000;
/** The middle of a day, so that a few minutes stay in it. */
const NOON = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS / 2;

let log: OpenedLog;

beforeEach(async () => {
  log = await openLog();
});

afterEach(() => log.close());

const query = (more: Partial<DeliveryQuery> = {}): DeliveryQuery => ({ webhookId: 7, limit: 100, ...more });

async function timesOf(more: Partial<DeliveryQuery>): Promise<number[]> {
  const { items } = await log.deliveries().page(query(more));
  return items.map(({ at }) => at.getTime() - NOON);
}

describe('the delivery log', () => {
  it('has a row for each transmission, newest first, with what became of it', async () => {
    await log.write(
      transmission({ at: NOON, carried: [{ id: 1 }, { id: 2 }] }),
      transmission({ at: NOON + 1, outcome: REFUSED, attemptMin: 2, attemptMax: 5 }),
      transmission({ at: NOON + 2, outcome: TIMEOUT }),
      transmission({ at: NOON + 3, outcome: { kind: 'blocked', message: 'private', durationMs: 0 } }),
      transmission({ at: NOON, webhookId: 8 }),
    );
    const { items, nextCursor } = await log.deliveries().page(query());
    expect(nextCursor).toBeNull();
    const common = { httpStatusCode: 0, events: 1, attemptMin: 1, attemptMax: 1, responseBody: '' };
    expect(items.map(({ id: _, at, ...item }) => ({ ...item, at: at.getTime() - NOON }))).toEqual([
      { ...common, at: 3, outcome: 'failed', error: 'blocked', durationMs: 0 },
      { ...common, at: 2, outcome: 'failed', error: 'timeout', durationMs: 5_000 },
      {
        at: 1,
        outcome: 'failed',
        httpStatusCode: 503,
        error: 'status',
        durationMs: 34,
        events: 1,
        attemptMin: 2,
        attemptMax: 5,
        responseBody: 'busy',
      },
      { ...common, at: 0, outcome: 'delivered', httpStatusCode: 200, error: null, durationMs: 12, events: 2 },
    ]);
    expect(new Set(items.map(({ id }) => id)).size).toBe(4);
  });

  it('keeps the first 1,024 bytes of an answer, and no half character', async () => {
    const answer = (responseBody: string) => transmission({ outcome: { ...ACCEPTED, responseBody } });
    await log.write(answer('x'.repeat(2_000)));
    await log.write(answer('€'.repeat(500)));
    const { items } = await log.deliveries().page(query());
    expect(items.map(({ responseBody }) => responseBody)).toEqual(['€'.repeat(341), 'x'.repeat(1_024)]);
  });

  it('is filtered by outcome and time, over days', async () => {
    const times = [-3 * DAY_MS, -DAY_MS, 0, 60_000, 120_000];
    await log.write(
      ...times.map((at, index) =>
        transmission({ at: NOON + at, outcome: index % 2 === 0 ? ACCEPTED : REFUSED }),
      ),
    );
    expect(await timesOf({})).toEqual(times.toReversed());
    expect(await timesOf({ outcome: 'failed' })).toEqual([60_000, -DAY_MS]);
    expect(await timesOf({ outcome: 'delivered' })).toEqual([120_000, 0, -3 * DAY_MS]);
    expect(await timesOf({ from: NOON })).toEqual([120_000, 60_000, 0]);
    expect(await timesOf({ to: NOON })).toEqual([-DAY_MS, -3 * DAY_MS]);
    expect(await timesOf({ from: NOON - DAY_MS, to: NOON + 1, outcome: 'failed' })).toEqual([-DAY_MS]);
    expect(await timesOf({ from: NOON + DAY_MS * 9 })).toEqual([]);
    expect(await timesOf({ to: NOON - DAY_MS * 9 })).toEqual([]);
  });

  it('is empty where nothing was ever logged', async () => {
    expect(await log.deliveries().page(query())).toEqual({ items: [], nextCursor: null });
    expect(await log.deliveries().page(query({ search: 'x' }))).toEqual({ items: [], nextCursor: null });
  });
});

describe('a search', () => {
  const event = (n: number) => ({ id: `e-${n}`, mailId: `M-${n % 2}`, recipientId: `r${n}@example.com` });

  it('finds the transmissions that carried an event by its id, mailId or recipientId', async () => {
    await log.write(
      transmission({ at: NOON + 1, carried: [event(1), event(2)] }),
      transmission({ at: NOON + 2, carried: [event(3)], outcome: REFUSED }),
      transmission({ at: NOON + 3, carried: [event(3), event(4)] }),
      transmission({ at: NOON + 4, carried: [event(3)], webhookId: 8 }),
    );
    expect(await timesOf({ search: 'e-1' })).toEqual([1]);
    expect(await timesOf({ search: 'e-3' })).toEqual([3, 2]);
    expect(await timesOf({ search: 'e-3', outcome: 'failed' })).toEqual([2]);
    expect(await timesOf({ search: 'e-3', from: NOON + 3 })).toEqual([3]);
    expect(await timesOf({ search: 'M-1' })).toEqual([3, 2, 1]);
    expect(await timesOf({ search: 'M-0' })).toEqual([3, 1]);
    expect(await timesOf({ search: 'r4@example.com' })).toEqual([3]);
    expect(await timesOf({ search: 'r9@example.com' })).toEqual([]);
    expect(await timesOf({ search: 'e-' })).toEqual([]);
  });

  it.each([
    ['a number', { id: 4711 }, '4711'],
    ['quotes and backslashes', { recipientId: '"a\\b"@example.com' }, '"a\\b"@example.com'],
    ['other scripts', { recipientId: 'jürgen@bücher.example' }, 'jürgen@bücher.example'],
    ['hundreds of characters', { mailId: 'm'.repeat(255) }, 'm'.repeat(255)],
  ])('finds %s', async (_what, carried, search) => {
    await log.write(transmission({ at: NOON, carried: [{ id: 'other' }, carried] }));
    expect(await timesOf({ search })).toEqual([0]);
  });

  it('finds what several pieces of a batch carried', async () => {
    const jsons = [event(1), event(2)].map((each) => Buffer.from(JSON.stringify(each)));
    await log.write(transmission({ at: NOON, jsons }));
    expect(await timesOf({ search: 'e-1' })).toEqual([0]);
    expect(await timesOf({ search: 'e-2' })).toEqual([0]);
  });

  it('finds all tries of a batch, whose keys are written once a day', async () => {
    const same = { carried: [event(1), event(2)], batchKey: 'same', outcome: REFUSED };
    const times = [0, 1, 2, DAY_MS, DAY_MS + 1];
    await log.write(
      ...times.map((at) => transmission({ ...same, at: NOON + at })),
      transmission({ ...same, at: NOON + 3, batchKey: 'other', carried: [event(3)] }),
      transmission({ ...same, at: NOON + 4, webhookId: 8 }),
      transmission({ ...same, at: NOON + DAY_MS + 2, outcome: ACCEPTED }),
      transmission({ ...same, at: NOON + DAY_MS + 3, outcome: ACCEPTED }),
    );
    const all = [...times, DAY_MS + 2, DAY_MS + 3].toReversed();
    expect(await timesOf({ search: 'e-2' })).toEqual(all);
    expect(await timesOf({ search: 'e-2', outcome: 'delivered' })).toEqual(all.slice(0, 2));
    expect(await timesOf({ search: 'e-3' })).toEqual([3]);
    const written = await log.database.run((manager) =>
      manager.query(
        'SELECT COUNT(*) AS count FROM delivery WHERE LENGTH(search_keys) > 0 AND webhook_id = 7',
      ),
    );
    // Of each day one, the other batch, and the last one, which is tried after its success.
    expect(Number(written[0].count)).toBe(4);
  });

  it('finds what was written under an older key, as long as that is known', async () => {
    const [older, newer] = [randomBytes(32), randomBytes(32)];
    const before = await openLog([older]);
    await before.write(
      transmission({ carried: [event(1)], outcome: { ...ACCEPTED, responseBody: 'thanks' } }),
    );
    const read = async (keys: [Buffer, ...Buffer[]]) => {
      const secrets = new LogSecrets({ encryptionKeys: keys });
      const reader = new Deliveries({ database: before.database, secrets });
      const { items } = await reader.page(query());
      const found = await reader.page(query({ search: 'e-1' }));
      return [items[0]?.responseBody, found.items.length];
    };
    expect(await read([newer, older])).toEqual(['thanks', 1]);
    expect(await read([newer])).toEqual(['', 0]);
    await before.close();
  });
});

describe('pages', () => {
  const rows = (count: number, from = 0) =>
    Array.from({ length: count }, (_, index) =>
      transmission({ at: NOON + from + index, carried: [{ id: index % 3 }] }),
    );

  async function allPages(reader: Deliveries, more: Partial<DeliveryQuery>, between = async () => {}) {
    const found: number[] = [];
    const sizes: number[] = [];
    let before: number | undefined;
    do {
      const page = await reader.page(query({ ...more, before }));
      found.push(...page.items.map(({ at }) => at.getTime() - NOON));
      sizes.push(page.items.length);
      before = page.nextCursor ?? undefined;
      await between();
    } while (before !== undefined);
    return { found, sizes };
  }

  it('have each row once, while newer ones come', async () => {
    await log.write(...rows(25));
    let more = 0;
    const between = () => {
      more += 1_000;
      return log.write(...rows(5, more));
    };
    const { found, sizes } = await allPages(log.deliveries(), { limit: 10 }, between);
    expect(found).toEqual(Array.from({ length: 25 }, (_, index) => 24 - index));
    expect(sizes).toEqual([10, 10, 5]);
  });

  it('of a search have each row once, however little of it one look goes through', async () => {
    await log.write(...rows(25), ...rows(25, DAY_MS));
    const expected = [...rows(25), ...rows(25, DAY_MS)]
      .map(({ at }) => at - NOON)
      .filter((at) => (at % DAY_MS) % 3 === 1)
      .toReversed();
    for (const rowsPerStep of [1, 2, 7, 24, 25, 26, 100]) {
      for (const limit of [1, 3, 100]) {
        const reader = log.deliveries({ rowsPerStep });
        const { found } = await allPages(reader, { search: '1', limit });
        expect(found).toEqual(expected);
      }
    }
  });

  it('of a search end early when it takes too long, and go on from there', async () => {
    await log.write(...rows(25));
    const reader = log.deliveries({ rowsPerStep: 5, patienceMs: 0 });
    const { found, sizes } = await allPages(reader, { search: '0' });
    expect(sizes.length).toBeGreaterThan(4);
    expect(found).toEqual([24, 21, 18, 15, 12, 9, 6, 3, 0]);
  });
});
