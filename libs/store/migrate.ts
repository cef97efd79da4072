import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { createDataSource } from './dataSource.ts';
import { unavailable } from './storeErrors.ts';

const CONNECT_TIMEOUT_MS = 5000;
/** How long a process waits for another one that is migrating the same database. */
const LOCK_TIMEOUT_S = 120;

/**
 * Brings the tables up to date and returns the names of the migrations that it ran. Any number of processes may
 * do this at once: a lock of MySQL, which its server frees when the holder dies, lets one at a time in.
 */
export async function migrate({ databaseUrl }: { databaseUrl: string }): Promise<readonly string[]> {
  // One connection holds the lock, the other migrates.
  const options = { databaseUrl, poolSize: 2, connectTimeoutMs: CONNECT_TIMEOUT_MS };
  const dataSource = createDataSource(options);
  await dataSource.initialize().catch((error: unknown) => {
    throw unavailable(error);
  });
  try {
    return await withLock(dataSource, async () => {
      const executed = await dataSource.runMigrations();
      return executed.map(({ name }) => name);
    });
  } finally {
    await dataSource.destroy();
  }
}

async function withLock<T>(dataSource: DataSource, work: () => Promise<T>): Promise<T> {
  const runner = dataSource.createQueryRunner();
  // Locks are the server's, not the database's; 64 characters at most.
  const database = String(dataSource.options.database);
  const name = `postrider:${createHash('sha256').update(database).digest('hex').slice(0, 40)}`;
  try {
    const [row] = await runner.query('SELECT GET_LOCK(?, ?) AS held', [name, LOCK_TIMEOUT_S]);
    if (Number(row.held) !== 1) {
      throw new Error(`Another process has been migrating "${database}" for ${LOCK_TIMEOUT_S} s.`);
    }
    return await work();
  } finally {
    await runner.query('SELECT RELEASE_LOCK(?)', [name]).catch(() => undefined);
    await runner.release();
  }
}
