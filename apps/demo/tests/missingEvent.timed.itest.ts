import { rm } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import { silentLogger } from '#libs/logging/logger.ts';
import { connectRedis } from '#libs/runtime/redis.ts';
import { testServers } from '#libs/testing/servers.ts';
import { runDemo } from '../demo.ts';
import { mailIdOf } from '../demoEvents.ts';
import { refusesEvent } from '../endpoints.ts';
import { Narrator } from '../narrator.ts';
import { createScreen } from '../screen.ts';

/** Set-up and show, on a machine that does other things too. */
const TIMEOUT_MS = 90_000;
/** A little longer than the mail engine needs. */
const SHOW_LIMIT_MS = 13_000;

async function databases(databaseUrl: string): Promise<string[]> {
  const connection = await createConnection(databaseUrl);
  const [rows] = await connection.query("SHOW DATABASES LIKE 'postrider\\_demo%'");
  await connection.end();
  return (rows as object[]).flatMap((row) => Object.values(row));
}

async function demoKeys(redisUrl: string): Promise<string[]> {
  const redis = connectRedis(redisUrl, 'waiting', silentLogger);
  const keys = await redis.keys('*postrider-demo*');
  redis.disconnect();
  return keys;
}

it(
  'fails when an event never arrives, names it, and cleans servers that are not its own',
  async () => {
    const { redisUrl, databaseUrl } = testServers();
    const url = databaseUrl('');
    const before = { databases: await databases(url), keys: await demoKeys(redisUrl) };
    let output = '';
    const write = (text: string) => {
      output += text;
    };
    const narrator = new Narrator({
      screen: createScreen({ write }, {}),
      paint: (_, text) => text,
      retryIntervalMs: 1_000,
      planned: new Map(),
    });
    const succeeded = await runDemo({
      environment: { ...process.env, REDIS_URL: redisUrl, DATABASE_URL: url },
      narrator,
      signal: new AbortController().signal,
      showLimitMs: SHOW_LIMIT_MS,
      rules: new Map([['unsubscribe', refusesEvent(mailIdOf(100))]]),
    });
    const [, logs = ''] = /The logs are kept in (\S+)/.exec(output) ?? [];
    if (logs !== '') await rm(logs, { recursive: true });

    expect(succeeded).toBe(false);
    expect(output).toMatch(/✗ Not delivered: \d of 121 unsubscribe \(mail .*DEMO-000100/);
    expect(logs).not.toBe('');
    expect({ databases: await databases(url), keys: await demoKeys(redisUrl) }).toEqual(before);
  },
  TIMEOUT_MS,
);
