import { loadConfig } from '#libs/config/loadConfig.ts';
import type { LogFields, Logger } from '#libs/logging/logger.ts';
import { Lifecycle } from '#libs/runtime/lifecycle.ts';
import { migrate } from '#libs/store/migrate.ts';
import { FaultyProxy } from '#libs/store/tests/faultyProxy.ts';
import { testServers } from '#libs/testing/servers.ts';
import { startApi } from '../api.ts';
import { type Answer, type Call, send } from './httpClient.ts';

export const OPERATOR = 'operator:open_sesame';
export const CLIENT_ID = 123456789001;
export const OTHER_CLIENT_ID = 123456789002;
/** For CLIENT_ID and, with the second one, for both. */
export const CLIENT = 'anna:s3cret:with@signs';
export const BOTH_CLIENTS = 'bernd:pässword';

export interface TestApi {
  readonly port: number;
  readonly mysql: FaultyProxy;
  readonly redis: FaultyProxy;
  readonly redisUrl: string;
  readonly prefix: string;
  /** Every line that was logged, as JSON text. */
  readonly lines: readonly string[];
  /** With the operator's credentials, unless the call has its own (null: none). */
  call(call: Omit<Call, 'auth'> & { auth?: string | null }): Promise<Answer>;
  stop(): Promise<void>;
}

/** The API as `main.ts` starts it, with a fault switch before its MySQL and its Redis. */
export async function startTestApi(settings: Readonly<Record<string, string>> = {}): Promise<TestApi> {
  const servers = testServers();
  const databaseUrl = await servers.createDatabase();
  await migrate({ databaseUrl });
  const mysql = await FaultyProxy.inFrontOf(databaseUrl, 3306);
  const redis = await FaultyProxy.inFrontOf(servers.redisUrl, 6379);
  const prefix = servers.makeQueuePrefix();
  const config = loadConfig({
    DATABASE_URL: mysql.url,
    REDIS_URL: redis.url,
    PORT: '0',
    QUEUE_PREFIX: prefix,
    ENCRYPTION_KEY: Buffer.alloc(32, 9).toString('base64'),
    API_CREDENTIALS: [
      `${OPERATOR}@*`,
      `${CLIENT}@${CLIENT_ID}`,
      `${BOTH_CLIENTS}@${CLIENT_ID}`,
      `${BOTH_CLIENTS}@${OTHER_CLIENT_ID}`,
    ].join(','),
    ...settings,
  });
  const lines: string[] = [];
  const logger = recordTo(lines);
  const lifecycle = new Lifecycle({ logger, deadlineMs: config.shutdownTimeoutMs });
  const { port } = await startApi({ config, logger, lifecycle });
  return {
    port,
    mysql,
    redis,
    redisUrl: servers.redisUrl,
    prefix,
    lines,
    call: ({ auth = OPERATOR, ...call }) => {
      return send(port, { ...call, ...(auth === null ? {} : { auth: auth }) });
    },
    async stop() {
      await lifecycle.stop();
      await mysql.cut();
      await redis.cut();
    },
  };
}

function recordTo(lines: string[]): Logger {
  const record = (message: string, fields?: LogFields) => {
    lines.push(JSON.stringify({ message, ...fields }, withErrors));
  };
  return { debug: record, info: record, warn: record, error: record };
}

/** What the real logger would see before it redacts. */
function withErrors(_name: string, value: unknown): unknown {
  return value instanceof Error ? { ...value, message: value.message, stack: value.stack } : value;
}
