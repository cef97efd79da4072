import { encodeChunk, packChunk } from '#libs/backlog/chunk.ts';
import { connectBacklog } from '#libs/backlog/connectBacklog.ts';
import { BacklogSink } from '#libs/backlog/sink.ts';
import { silentLogger } from '#libs/logging/logger.ts';
import { connectRedis } from '#libs/runtime/redis.ts';
import { Database } from '#libs/store/database.ts';
import { migrate } from '#libs/store/migrate.ts';
import type { Keys } from '#libs/store/seal.ts';
import { FaultyProxy } from '#libs/store/tests/faultyProxy.ts';
import { openStore } from '#libs/store/tests/storeFixture.ts';
import { testServers } from '#libs/testing/servers.ts';
import type { KeptChunk, KeptReason } from '../keptChunk.ts';
import { KeptCipher } from '../keptCipher.ts';
import { KeptStore } from '../keptStore.ts';

export const KEY = Buffer.alloc(32, 3);
export const CLIENT_ID = 60_001;
/** When the event 0 was created; each further one a second later. */
const FIRST = 1_700_000_000_000;
export const BOTH: readonly KeptReason[] = ['expired', 'delivered'];

export const createdOf = (n: number) => FIRST + n * 1_000;

/** Events with these numbers in one chunk, as it is kept. */
export function chunkOf(numbers: readonly number[], clock = createdOf) {
  const events = numbers.map((n) => ({
    created: clock(n),
    text: `{"id":"e${n}","n":${n},"recipientId":"anna@example.com","created":${createdOf(n)}`,
  }));
  return packChunk('open', events);
}

/** Kept events on the servers of the test run, with a fault switch before MySQL. */
export async function openKept() {
  const servers = testServers();
  const databaseUrl = await servers.createDatabase();
  await migrate({ databaseUrl });
  const mysql = await FaultyProxy.inFrontOf(databaseUrl, 3306);
  const { database: direct, store: webhooks } = openStore({ databaseUrl, webhooksPerClient: 1_000 });
  const database = new Database({ databaseUrl: mysql.url, timeoutMs: 10_000 });
  const redis = connectRedis(servers.redisUrl, 'waiting', silentLogger);
  const prefix = servers.makeQueuePrefix();
  const options = { shards: 1, clock: Date.now, graceMs: 60_000, keepDiscarded: true };
  const connected = connectBacklog({ redis, prefix, ...options });
  const storeWith = (...keys: Keys) => new KeptStore({ database, cipher: new KeptCipher({ keys }) });
  const store = storeWith(KEY);

  return {
    ...connected,
    redis,
    mysql,
    database,
    store,
    storeWith,
    sink: new BacklogSink(connected),
    /** A webhook in MySQL. */
    async webhookId(): Promise<number> {
      const fields = { type: 'open', format: 'json', targetUrl: 'http://127.0.0.1:1/' } as const;
      const made = await webhooks.create(CLIENT_ID, fields);
      if (made.kind !== 'created') throw new Error(made.kind);
      return made.webhook.id;
    },
    keep(webhookId: number, numbers: readonly number[], more: Partial<KeptChunk> = {}) {
      return store.add([kept(webhookId, numbers, more)]);
    },
    /** What is kept of a webhook, read past everything else. */
    rows(webhookId: number): Promise<Record<string, unknown>[]> {
      const query = 'SELECT * FROM kept_chunk WHERE webhook_id = ? ORDER BY id';
      return direct.run((manager) => manager.query(query, [webhookId]));
    },
    sql: (statement: string, values: unknown[] = []) =>
      direct.run((manager) => manager.query(statement, values)),
    async close() {
      await connected.waker.close();
      redis.disconnect();
      await database.close();
      await direct.close();
      await mysql.cut();
    },
  };
}

export type Kept = Awaited<ReturnType<typeof openKept>>;

let units = 0;

export function kept(
  webhookId: number,
  numbers: readonly number[],
  more: Partial<KeptChunk> = {},
): KeptChunk {
  units += 1;
  const unitId = `unit-${units}`;
  const bytes = encodeChunk(chunkOf(numbers));
  const made = { webhookId, unitId, reason: 'expired', events: numbers.length, bytes } as const;
  return { ...made, keptAt: new Date(), ...more };
}
