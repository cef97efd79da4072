import Joi from 'joi';
import { splitList } from './settingRules.ts';
import { SETTINGS } from './settings.ts';

export interface Config {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly redisMinReplicas: number;
  readonly port: number;
  readonly workerPort: number;
  readonly queuePrefix: string;
  readonly shards: number;
  /** The first encrypts, all decrypt. */
  readonly encryptionKeys: readonly [Buffer, ...Buffer[]];
  readonly apiCredentials: readonly ApiCredential[];
  /** Addresses and ranges whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  readonly limits: Limits;
  readonly sessionLifetimeMs: number;
  readonly targetPolicy: 'strict' | 'development';
  /** CIDRs. */
  readonly targetAllow: readonly string[];
  readonly egress: Egress;
  readonly publicEgressAddresses: readonly string[];
  readonly retryIntervalMs: number;
  readonly retryMaxIntervalMs: number;
  readonly eventTtlMs: number;
  readonly batchSize: number;
  readonly deliveryTimeoutMs: number;
  /** 0: no delivery log. */
  readonly deliveryLogDays: number;
  readonly keeping: Keeping;
  readonly notices: Notices;
  readonly webhooksPerClient: number;
  readonly shutdownTimeoutMs: number;
  /** Null: no traces. */
  readonly tracesEndpoint: string | null;
  readonly logLevel: 'error' | 'warn' | 'info' | 'debug';
}

/** What one user or address may ask of the API; 0 requests a second: as much as they like. */
export interface Limits {
  readonly requestsPerSecondPerUser: number;
  readonly requestsPerSecondPerAddress: number;
  readonly loginFailures: number;
  readonly loginLockMs: number;
}

/** For how many days events are kept that have left their backlog; 0: not at all. */
interface Keeping {
  readonly discardedDays: number;
  readonly archiveDays: number;
}

/** What operators are told of webhooks that fail, when, and where. */
interface Notices {
  readonly notifyAfterMs: number;
  /** 0: never. */
  readonly suspendAfterMs: number;
  readonly url?: string;
}

/** How deliveries leave this machine: at most one of the two. */
interface Egress {
  readonly address?: string;
  readonly proxy?: string;
}

export interface ApiCredential {
  readonly user: string;
  readonly password: string;
  /** null: an operator, who may act for every client. */
  readonly clientId: number | null;
}

/** Every wrong setting at once, a line each, never showing a secret's value. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const lines = problems.map((problem) => `  ${problem}`).join('\n');
    super(`The environment is not usable (.env.example shows how it could be):\n${lines}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

const MS_PER_HOUR = 3_600_000;

const schema = Joi.object(Object.fromEntries(SETTINGS.map(({ name, schema: rule }) => [name, rule])));

/** Environment → frozen configuration, or a ConfigError. An empty value counts as not set. */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    SETTINGS.map(({ name }) => [name, environment[name]]).filter(([, value]) => value),
  );
  const { value, error } = schema.validate(given, { abortEarly: false, errors: { label: false } });
  if (error) throw new ConfigError(error.details.map((detail) => problem(detail, given)));
  return Object.freeze({
    databaseUrl: value.DATABASE_URL,
    redisUrl: value.REDIS_URL,
    redisMinReplicas: value.REDIS_MIN_REPLICAS,
    port: value.PORT,
    workerPort: value.WORKER_PORT,
    queuePrefix: value.QUEUE_PREFIX,
    shards: value.SHARDS,
    encryptionKeys: parseKeys(value.ENCRYPTION_KEY),
    apiCredentials: parseCredentials(value.API_CREDENTIALS),
    trustedProxies: splitList(value.TRUSTED_PROXIES),
    limits: {
      requestsPerSecondPerUser: value.RATE_LIMIT_PER_USER,
      requestsPerSecondPerAddress: value.RATE_LIMIT_PER_ADDRESS,
      loginFailures: value.LOGIN_FAILURES,
      loginLockMs: value.LOGIN_LOCK_MS,
    },
    sessionLifetimeMs: value.SESSION_LIFETIME_MS,
    targetPolicy: value.TARGET_POLICY,
    targetAllow: splitList(value.TARGET_ALLOW),
    egress: {
      ...(value.EGRESS_ADDRESS && { address: value.EGRESS_ADDRESS }),
      ...(value.EGRESS_PROXY && { proxy: value.EGRESS_PROXY }),
    },
    publicEgressAddresses: splitList(value.PUBLIC_EGRESS_ADDRESSES),
    retryIntervalMs: value.RETRY_INTERVAL_MS,
    retryMaxIntervalMs: value.RETRY_MAX_INTERVAL_MS,
    eventTtlMs: value.EVENT_TTL_MS,
    batchSize: value.BATCH_SIZE,
    deliveryTimeoutMs: value.DELIVERY_TIMEOUT_MS,
    deliveryLogDays: value.DELIVERY_LOG_DAYS,
    keeping: { discardedDays: value.DISCARDED_DAYS, archiveDays: value.ARCHIVE_DAYS },
    notices: {
      notifyAfterMs: value.NOTIFY_AFTER_MS,
      suspendAfterMs: value.SUSPEND_AFTER_HOURS * MS_PER_HOUR,
      ...(value.NOTIFY_URL && { url: value.NOTIFY_URL }),
    },
    webhooksPerClient: value.WEBHOOKS_PER_CLIENT,
    shutdownTimeoutMs: value.SHUTDOWN_TIMEOUT_MS,
    tracesEndpoint: value.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
    logLevel: value.LOG_LEVEL,
  });
}

/** The effective settings for the first log line: values in the clear, secrets as set or unset. */
export function summarize(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    SETTINGS.map(({ name, secret }) => {
      const value = environment[name];
      return [name, secret ? (value ? 'set' : 'unset') : (value ?? 'default')];
    }),
  );
}

function problem(detail: Joi.ValidationErrorItem, given: Record<string, unknown>): string {
  const name = String(detail.path[0]);
  const setting = SETTINGS.find((candidate) => candidate.name === name);
  const value = given[name];
  if (value === undefined) return `${name} ${detail.message}. ${setting?.about ?? ''}`;
  return `${name}${setting?.secret ? '' : `="${value}"`} ${detail.message}. ${setting?.about ?? ''}`;
}

function parseKeys(value: string): readonly [Buffer, ...Buffer[]] {
  const [current = '', ...older] = value.split(',');
  return [Buffer.from(current, 'base64'), ...older.map((key) => Buffer.from(key, 'base64'))];
}

/** `user:password@clientId`; the password may hold "@" and ":", so the client id is what follows the last "@". */
function parseCredentials(value: string): readonly ApiCredential[] {
  return value.split(',').map((entry) => {
    const colon = entry.indexOf(':');
    const at = entry.lastIndexOf('@');
    const client = entry.slice(at + 1);
    return {
      user: entry.slice(0, colon),
      password: entry.slice(colon + 1, at),
      clientId: client === '*' ? null : Number(client),
    };
  });
}
