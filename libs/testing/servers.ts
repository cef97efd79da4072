import { randomBytes } from 'node:crypto';
import { createConnection } from 'mysql2/promise';

/** What globalSetup tells the test files about the servers of this run, through one environment variable. */
export interface RunServers {
  /** Begins every name that this run makes on the servers, so that the teardown finds them. */
  readonly runId: string;
  readonly redisUrl: string;
  readonly databaseUrl: string;
}

export const RUN_SERVERS_VARIABLE = 'POSTRIDER_TEST_SERVERS';

export interface TestServers {
  readonly redisUrl: string;
  /** Of a database of that name on the test server; it need not exist. */
  databaseUrl(name: string): string;
  /** A prefix that no other test uses. */
  makeQueuePrefix(): string;
  /** A fresh, empty database that no other test uses; returns its URL. Dropped after the run. */
  createDatabase(): Promise<string>;
}

/** The Redis and the database of this test run. Each test file takes names of its own on them. */
export function testServers(): TestServers {
  const text = process.env[RUN_SERVERS_VARIABLE];
  if (text === undefined) throw new Error('The test servers are started by globalSetup of jest.config.ts.');
  const { runId, redisUrl, databaseUrl } = JSON.parse(text) as RunServers;
  const makeName = () => `${runId}_${randomBytes(4).toString('hex')}`;
  const urlOf = (name: string) => Object.assign(new URL(databaseUrl), { pathname: `/${name}` }).href;
  return {
    redisUrl,
    databaseUrl: urlOf,
    makeQueuePrefix: makeName,
    async createDatabase() {
      const name = makeName();
      const connection = await createConnection(databaseUrl);
      await connection.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
      await connection.end();
      return urlOf(name);
    },
  };
}
