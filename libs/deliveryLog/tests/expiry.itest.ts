import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { type OpenedLog, openLog, transmission } from './logFixture.ts';

const DAY_MS = 86_400_000;
const TABLES = ['delivery', 'webhook_statistics', 'delivery_log_writer'];

let log: OpenedLog;

beforeEach(async () => {
  log = await openLog();
});

afterEach(() => log.close());

async function writeDays(ages: readonly number[]): Promise<void> {
  const now = Date.now();
  await log.write(...ages.map((age) => transmission({ at: now - age * DAY_MS, webhookId: 1 + (age % 3) })));
}

async function agesOfRows(): Promise<number[]> {
  const today = Math.floor(Date.now() / DAY_MS);
  const rows: { day: number }[] = await log.database.run((manager) =>
    manager.query('SELECT day FROM delivery ORDER BY day DESC'),
  );
  return rows.map(({ day }) => today - day);
}

describe('the delivery log', () => {
  it('is kept for as many days as it is set to, in whole days', async () => {
    await writeDays([0, 1, 6, 7, 8, 9, 400]);
    await log.expiry({ days: 7 }).expire();
    expect(await agesOfRows()).toEqual([0, 1, 6, 7]);
    // Two counters of a transmission: its events and its duration.
    expect(await log.count('webhook_statistics')).toBe(8);
    await log.expiry({ days: 0 }).expire();
    expect(await agesOfRows()).toEqual([0]);
  });

  it('is deleted in slices, all of it', async () => {
    await writeDays(Array.from({ length: 25 }, () => 9));
    await log.expiry({ days: 7, rowsPerSlice: 10 }).expire();
    expect(await log.count('delivery')).toBe(0);
  });

  it('forgets writers that have long gone', async () => {
    await writeDays([0]);
    await log.database.run((manager) => manager.query('UPDATE delivery_log_writer SET day = day - 9'));
    await log.expiry({ days: 7 }).expire();
    expect(await log.count('delivery_log_writer')).toBe(0);
  });

  it('is deleted by one process at a time, the others leave it alone', async () => {
    await writeDays([9]);
    const other = await createConnection(log.databaseUrl);
    await other.query("SELECT GET_LOCK(CONCAT('postrider-log:', MD5(DATABASE())), 0)");
    await log.expiry({ days: 7 }).expire();
    expect(await log.count('delivery')).toBe(1);
    await other.end();
    // MySQL frees the lock a moment after the connection has ended.
    const isEmpty = async () => {
      await log.expiry({ days: 7 }).expire();
      return (await log.count('delivery')) === 0;
    };
    await waitUntil(isEmpty, { what: 'the turn of the next process' });
  });

  it('looks at no row but those that go: none are read of the days that stay', async () => {
    await writeDays([...Array.from({ length: 200 }, () => 1), 9, 9]);
    await log.database.run(async (manager) => {
      for (const table of TABLES.slice(0, 2)) await manager.query(`ANALYZE TABLE ${table}`);
      await manager.query('FLUSH STATUS');
      await manager.query('DELETE FROM delivery WHERE day < FLOOR(UNIX_TIMESTAMP() / 86400) - 7 LIMIT 100');
      const read: { Value: string }[] = await manager.query("SHOW STATUS LIKE 'Handler_read%'");
      expect(read.reduce((sum, { Value }) => sum + Number(Value), 0)).toBeLessThan(10);
    });
  });
});
