import { randomBytes } from 'node:crypto';
import { createConnection } from 'mysql2/promise';
import { silentLogger } from '#libs/logging/logger.ts';
import { connectRedis } from '#libs/runtime/redis.ts';
import { mastersOf } from '#libs/runtime/redisMasters.ts';

const SCAN_COUNT = 1_000;

/** Names of our own on the servers, as those may be somebody's: a database, and a prefix for all keys in Redis. */
export interface OwnNames {
  readonly databaseUrl: string;
  readonly queuePrefix: string;
}

export function chooseNames(databaseUrl: string): OwnNames {
  const unique = randomBytes(4).toString('hex');
  return {
    databaseUrl: Object.assign(new URL(databaseUrl), { pathname: `/postrider_demo_${unique}` }).href,
    queuePrefix: `postrider-demo-${unique}`,
  };
}

export async function createDatabase(serverUrl: string, names: OwnNames): Promise<void> {
  await execute(serverUrl, `CREATE DATABASE ${databaseOf(names)} CHARACTER SET utf8mb4`);
}

export async function dropDatabase(serverUrl: string, names: OwnNames): Promise<void> {
  await execute(serverUrl, `DROP DATABASE IF EXISTS ${databaseOf(names)}`);
}

export async function deleteKeys(redisUrl: string, { queuePrefix }: OwnNames): Promise<void> {
  const redis = connectRedis(redisUrl, 'waiting', silentLogger);
  try {
    // A cluster's nodes are known once it has answered.
    await redis.ping();
    for (const master of mastersOf(redis)) {
      // Some keys have a brace before the prefix.
      for await (const keys of master.scanStream({ match: `*${queuePrefix}*`, count: SCAN_COUNT })) {
        await Promise.all(keys.map((key: string) => redis.unlink(key)));
      }
    }
  } finally {
    redis.disconnect();
  }
}

function databaseOf({ databaseUrl }: OwnNames): string {
  return new URL(databaseUrl).pathname.slice(1);
}

async function execute(serverUrl: string, statement: string): Promise<void> {
  const connection = await createConnection(serverUrl);
  try {
    await connection.query(statement);
  } finally {
    await connection.end();
  }
}
