import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Database } from '#libs/store/database.ts';
import { StoreUnavailable } from '#libs/store/storeErrors.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { LogStore, type Portion } from '../logStore.ts';
import { ACCEPTED, type OpenedLog, openLog, REFUSED, transmission } from './logFixture.ts';

const HOUR_MS = 3_600_000;

let log: OpenedLog;

beforeEach(async () => {
  log = await openLog();
});

afterEach(() => log.close());

const many = (count: number) =>
  Array.from({ length: count }, (_, index) => transmission({ at: Date.now() - count + index }));

async function total(
  count: 'received' | 'delivered' | 'failed' | 'discarded',
  webhookId = 7,
): Promise<number> {
  const now = Date.now();
  const range = { from: now - 48 * HOUR_MS, to: now + HOUR_MS };
  const intervals = await log.statistics.intervals(webhookId, range);
  return intervals.reduce((sum, interval) => sum + interval[count], 0);
}

const rows = () => log.count('delivery');

describe('what is logged', () => {
  it('is written by itself, soon', async () => {
    const writer = log.start();
    writer.transmitted(transmission({ carried: [{ id: 1 }, { id: 2 }] }));
    writer.received(7, 3);
    await waitUntil(async () => (await rows()) === 1, { what: 'a row' });
    expect(await total('delivered')).toBe(2);
    expect(await total('received')).toBe(3);
  });

  it('is written in portions, all of it before the end', async () => {
    const writer = log.start();
    for (const each of many(1_234)) writer.transmitted(each);
    await writer.close(10_000);
    expect(await rows()).toBe(1_234);
    expect(await total('delivered')).toBe(1_234);
    expect(log.dropped()).toBe(0);
  });

  it('is counted to the event by several workers at once', async () => {
    const writers = Array.from({ length: 3 }, () => log.start());
    for (let n = 0; n < 300; n += 1) {
      for (const writer of writers) {
        writer.received(7, 2);
        writer.discarded(7, 1);
        writer.transmitted(
          transmission({ carried: [{ id: n }, { id: -n }], outcome: n % 3 ? ACCEPTED : REFUSED }),
        );
      }
    }
    await Promise.all(writers.map((writer) => writer.close(10_000)));
    expect([await total('received'), await total('discarded')]).toEqual([1_800, 900]);
    expect([await total('delivered'), await total('failed')]).toEqual([1_200, 600]);
    expect(await rows()).toBe(900);
  });

  it('is counted in its hour, with how long it took', async () => {
    const hour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 5 * HOUR_MS;
    const took = (durationMs: number) => ({ ...ACCEPTED, durationMs });
    await log.write(
      transmission({ at: hour, outcome: took(10) }),
      transmission({ at: hour + HOUR_MS - 1, outcome: took(1_000) }),
      transmission({ at: hour + HOUR_MS, outcome: REFUSED }),
      transmission({ at: hour, webhookId: 8 }),
    );
    const nothing = { received: 0, discarded: 0 };
    const range = { from: hour + 1, to: hour + HOUR_MS + 1 };
    expect(await log.statistics.intervals(7, range)).toEqual([
      { ...nothing, start: new Date(hour), delivered: 2, failed: 0, durationMsP50: 10, durationMsP95: 981 },
      {
        ...nothing,
        start: new Date(hour + HOUR_MS),
        delivered: 0,
        failed: 1,
        durationMsP50: 33,
        durationMsP95: 33,
      },
    ]);
    expect(await log.statistics.intervals(7, { from: hour, to: hour })).toEqual([]);
  });
});

describe('while MySQL is away', () => {
  it('nobody waits, and what was logged is written afterwards, once', async () => {
    const writer = log.start();
    writer.transmitted(transmission());
    await waitUntil(async () => (await rows()) === 1, { what: 'a row' });
    await log.proxy.cut();
    for (const each of many(700)) writer.transmitted(each);
    writer.received(7, 5);
    await waitUntil(() => log.lines.some(({ message }) => message === 'The delivery log waits for MySQL'), {
      what: 'a warning',
    });
    await log.proxy.pass();
    await waitUntil(async () => (await rows()) === 701, { what: 'the rows' });
    await writer.close(10_000);
    expect([await total('delivered'), await total('received'), log.dropped()]).toEqual([701, 5, 0]);
  });

  it('drops the oldest rows beyond its bound, and says so, but counts on', async () => {
    await log.proxy.cut();
    const writer = log.start();
    const bound = 20_000;
    for (const each of many(bound + 1_500)) writer.transmitted(each);
    await waitUntil(() => log.dropped() > 0, { what: 'dropped rows' });
    await log.proxy.pass();
    await writer.close(20_000);
    const dropped = log.dropped();
    expect(dropped).toBeGreaterThan(0);
    expect(await rows()).toBe(bound + 1_500 - dropped);
    expect(await total('delivered')).toBe(bound + 1_500);
    const said = log.lines.filter(({ message }) => message === 'Rows of the delivery log were dropped');
    expect(said.length).toBeGreaterThan(0);
    expect(said.length).toBeLessThan(50);
  });

  it('does not hold up the end for longer than it may', async () => {
    log.proxy.hang();
    const writer = log.start();
    writer.transmitted(transmission());
    await writer.close(50);
    expect(log.dropped()).toBe(1);
  });
});

describe('a portion', () => {
  const growths = [{ hour: Math.floor(Date.now() / HOUR_MS), webhookId: 7, measure: 1, amount: 3 }];

  it('that was written, though its answer was lost, is not written again', async () => {
    const database = new Database({ databaseUrl: log.databaseUrl });
    const store = new LogStore({ database, clock: Date.now });
    let lost = 0;
    const writer = log.start({
      async write(portion: Portion) {
        await store.write(portion);
        lost += 1;
        if (lost <= 2) throw new StoreUnavailable('The answer was lost.');
      },
    });
    for (const each of many(10)) writer.transmitted(each);
    await waitUntil(() => lost === 3, { what: 'three tries' });
    await writer.close(10_000);
    await database.close();
    expect([await rows(), await total('delivered'), log.dropped()]).toEqual([10, 10, 0]);
  });

  it('that is wrong is given up, and holds up nothing that follows', async () => {
    const database = new Database({ databaseUrl: log.databaseUrl });
    const store = new LogStore({ database, clock: Date.now });
    const writer = log.start(store);
    writer.transmitted(transmission({ attemptMax: 10 ** 12 }));
    await waitUntil(() => log.dropped() === 1, { what: 'a dropped row' });
    writer.transmitted(transmission());
    await writer.close(10_000);
    await database.close();
    expect(await rows()).toBe(1);
  });

  it('is written as a whole or not at all', async () => {
    const store = new LogStore({ database: log.database, clock: Date.now });
    const wrong = { ...growths[0], measure: 10 ** 9 } as (typeof growths)[number];
    const portion = { number: 1, records: [], growths: [...growths, wrong] };
    await expect(store.write(portion)).rejects.toThrow();
    expect(await total('delivered')).toBe(0);
    await store.write({ ...portion, growths });
    await store.write({ ...portion, growths });
    expect(await total('delivered')).toBe(3);
  });
});

describe('a transmission that cannot be logged', () => {
  it('is told, and throws nothing into the delivery', async () => {
    const writer = log.start();
    writer.transmitted(transmission({ jsons: [null as unknown as Buffer] }));
    expect(log.dropped()).toBe(1);
    expect(log.lines.map(({ message }) => message)).toEqual(['A transmission could not be logged']);
  });
});
