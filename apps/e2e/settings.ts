import { randomBytes } from 'node:crypto';
import { migrate } from '#libs/store/migrate.ts';
import { testServers } from '#libs/testing/servers.ts';

export const OPERATOR = 'operator:open_sesame';

/** Settings for Postrider on the real servers of the test run: names of its own, and a customer on this machine. */
export async function ownSettings() {
  const servers = testServers();
  return {
    DATABASE_URL: await servers.createDatabase(),
    REDIS_URL: servers.redisUrl,
    QUEUE_PREFIX: servers.makeQueuePrefix(),
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    API_CREDENTIALS: `${OPERATOR}@*`,
    TARGET_POLICY: 'development',
    PORT: '0',
    WORKER_PORT: '0',
  };
}

/** The same, and the tables are there. */
export async function migratedSettings() {
  const settings = await ownSettings();
  await migrate({ databaseUrl: settings.DATABASE_URL });
  return settings;
}

let clients = 0;

/** A client that no other test of this file uses, so that its webhooks and events are its own. */
export function newClientId(): number {
  clients += 1;
  return 70_000_000_000 + clients;
}
