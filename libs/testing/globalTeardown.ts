import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import type { Servers } from '#libs/localServers/ensureServers.ts';
import { runState } from './runState.ts';

const SCAN_COUNT = 1_000;
/** A test that left something open must not hold up whoever waits for the result (it has failed already). */
const EXIT_DEADLINE_MS = 5_000;

/** Stops the servers and removes their data; after a failed run the data stays, to be looked at. */
export default async function globalTeardown(): Promise<void> {
  setTimeout(() => process.exit(), EXIT_DEADLINE_MS).unref();
  const { servers, runId, failed = false } = runState();
  if (servers === undefined || runId === undefined) return;
  if (!failed && servers.lasting) await removeNames(servers, runId);
  await servers.stop({ keepData: failed });
  if (failed) console.error(`A test failed. ${await keepData(servers, runId)}`);
}

/** Under one name for all runs: the next failed run replaces it, so that they don't pile up. */
async function keepData({ dataFolder, lasting }: Servers, runId: string): Promise<string> {
  if (lasting) return `Keys and databases named ${runId}… stay on the servers.`;
  if (dataFolder === null) return 'Its data is gone with the containers.';
  const kept = join(dirname(dataFolder), 'postrider-failed-test');
  const moved = await rm(kept, { recursive: true, force: true })
    .then(() => rename(dataFolder, kept))
    .then(() => kept)
    .catch(() => dataFolder);
  return `The data of its servers is kept in ${moved}`;
}

/** On servers that are not ours alone, only what this run made. */
async function removeNames({ redisUrl, databaseUrl }: Servers, runId: string): Promise<void> {
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
