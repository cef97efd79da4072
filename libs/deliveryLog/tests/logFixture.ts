import { randomBytes, randomUUID } from 'node:crypto';
import type { Accepted, Refused, Unreachable } from '#libs/domain/outcome.ts';
import type { LogFields, Logger } from '#libs/logging/logger.ts';
import { Database } from '#libs/store/database.ts';
import { migrate } from '#libs/store/migrate.ts';
import { FaultyProxy } from '#libs/store/tests/faultyProxy.ts';
import { testServers } from '#libs/testing/servers.ts';
import { Deliveries } from '../deliveries.ts';
import { DeliveryLog, type LoggedTransmission } from '../deliveryLog.ts';
import { HourlyStatistics } from '../hourlyStatistics.ts';
import { LogExpiry } from '../logExpiry.ts';
import { LogSecrets } from '../logSecrets.ts';
import { LogStore } from '../logStore.ts';

export const ACCEPTED: Accepted = { kind: 'accepted', httpStatusCode: 200, responseBody: '', durationMs: 12 };
export const REFUSED: Refused = {
  kind: 'refused',
  httpStatusCode: 503,
  responseBody: 'busy',
  durationMs: 34,
};
export const TIMEOUT: Unreachable = {
  kind: 'unreachable',
  error: 'timeout',
  message: 'No.',
  durationMs: 5_000,
};

/** A transmission of `events`, with what matters to a test. */
export function transmission(
  overrides: Partial<LoggedTransmission> & { readonly carried?: readonly object[] } = {},
): LoggedTransmission {
  const { carried = [{ id: 'e-1' }], ...fields } = overrides;
  const json = carried.map((event) => JSON.stringify({ ...event, attempt: 1 })).join(',\n');
  return {
    batchKey: randomUUID(),
    webhookId: 7,
    at: Date.now(),
    outcome: ACCEPTED,
    events: carried.length,
    attemptMin: 1,
    attemptMax: 1,
    jsons: [Buffer.from(json)],
    ...fields,
  };
}

/** The log on a database of its own, behind a switch for faults; writers and readers as processes have them. */
export async function openLog(encryptionKeys: readonly [Buffer, ...Buffer[]] = [randomBytes(32)]) {
  const databaseUrl = await testServers().createDatabase();
  await migrate({ databaseUrl });
  const proxy = await FaultyProxy.inFrontOf(databaseUrl, 3306);
  const writing = new Database({ databaseUrl: proxy.url });
  const database = new Database({ databaseUrl });
  const secrets = new LogSecrets({ encryptionKeys });
  const lines: { message: string; fields: LogFields | undefined }[] = [];
  const record = (message: string, fields?: LogFields) => void lines.push({ message, fields });
  const logger: Logger = { debug: record, info: record, warn: record, error: record };
  let dropped = 0;
  const opened: DeliveryLog[] = [];

  return {
    database,
    databaseUrl,
    proxy,
    secrets,
    lines,
    statistics: new HourlyStatistics({ database }),
    deliveries: (options: { patienceMs?: number; rowsPerStep?: number } = {}) =>
      new Deliveries({ database, secrets, ...options }),
    expiry: (options: { days: number; rowsPerSlice?: number }) =>
      new LogExpiry({ database, logger, ...options }),
    dropped: () => dropped,
    /** One that writes by itself, as a worker's does. */
    start(
      store: Pick<LogStore, 'write'> = new LogStore({ database: writing, clock: Date.now }),
    ): DeliveryLog {
      const onDropped = (count: number) => {
        dropped += count;
      };
      const log = new DeliveryLog({
        store,
        secrets,
        logger,
        clock: Date.now,
        random: Math.random,
        onDropped,
      });
      opened.push(log);
      log.start();
      return log;
    },
    /** Writes all of it before it resolves. */
    async write(...transmissions: readonly LoggedTransmission[]): Promise<void> {
      const log = this.start();
      for (const each of transmissions) log.transmitted(each);
      await log.close(10_000);
    },
    count: (table: string) =>
      database.run(async (manager) => {
        const [row] = await manager.query(`SELECT COUNT(*) AS rows_ FROM ${table}`);
        return Number(row.rows_);
      }),
    async close(): Promise<void> {
      for (const log of opened) await log.close(0);
      await writing.close();
      await database.close();
      await proxy.cut();
    },
  };
}

export type OpenedLog = Awaited<ReturnType<typeof openLog>>;
