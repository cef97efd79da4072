import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { runState } from './globalSetup.ts';
import type { RunServers } from './servers.ts';

const SCAN_COUNT = 1_000;
/** A test that left something open must not hold up whoever waits for the result (it has failed already). */
const EXIT_DEADLINE_MS = 5_000;

/** Stops the servers and removes their data; after a failed run the data stays, to be looked at. */
export default async function globalTeardown(): Promise<void> {
  setTimeout(() => process.exit(), EXIT_DEADLINE_MS).unref();
  const { servers, runServers, failed = false } = runState;
  if (servers === undefined || runServers === undefined) return;
  if (!failed && runServers.dataFolder === null) await removeNames(runServers);
  await servers.stop({ keepData: failed });
  if (failed) console.error(`A test failed. The data of the run is kept: ${await keepData(runServers)}`);
}

/** Under one name for all runs: the next failed run replaces it, so that they don't pile up. */
async function keepData({ dataFolder, runId }: RunServers): Promise<string> {
  if (dataFolder === null) return `keys and databases named ${runId}… on the servers that were used`;
  const kept = join(dirname(dataFolder), 'postrider-failed-test');
  try {
    await rm(kept, { recursive: true, force: true });
    await rename(dataFolder, kept);
    return kept;
  } catch {
    return dataFolder;
  }
}

/** On servers that are not ours alone, only what this run made. */
async function removeNames({ runId, redisUrl, databaseUrl }: RunServers): Promise<void> {
  const connection = await createConnection(databaseUrl);
  const [rows] = await connection.query<[]>('SHOW DATABASES LIKE ?', [`${runId.replaceAll('_', '\\_')}%`]);
  for (const name of rows.flatMap((row) => Object.values(row))) {
    await connection.query(`DROP DATABASE ${String(name)}`);
  }
  await connection.end();

  const redis = new Redis(redisUrl);
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', `*${runId}*`, 'COUNT', SCAN_COUNT);
    if (keys.length > 0) await redis.unlink(...keys);
    cursor = next;
  } while (cursor !== '0');
  await redis.quit();
}
