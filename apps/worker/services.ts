import type { Telemetry } from 'bullmq';
import { connectBacklog } from '#libs/backlog/connectBacklog.ts';
import type { Config } from '#libs/config/loadConfig.ts';
import { ChangeFeed } from '#libs/directory/changes.ts';
import { Directory } from '#libs/directory/directory.ts';
import type { Logger } from '#libs/logging/logger.ts';
import type { Lifecycle } from '#libs/runtime/lifecycle.ts';
import { connectRedis } from '#libs/runtime/redis.ts';
import { keepTogether, onceBack } from '#libs/runtime/redisMasters.ts';
import { VERSION } from '#libs/runtime/version.ts';
import { CredentialCipher } from '#libs/store/credentialCipher.ts';
import { Database } from '#libs/store/database.ts';
import { WebhookStore } from '#libs/store/webhookStore.ts';
import { createTransmitter } from '#libs/target/transmit.ts';

export interface WorkerParts {
  readonly config: Config;
  readonly logger: Logger;
  readonly lifecycle: Lifecycle;
  /** Traces of the jobs; without it, none are made. */
  readonly telemetry?: Telemetry | undefined;
}

/** A change that was never announced goes unnoticed for so long at most. */
const DIRECTORY_TTL_MS = 5_000;
/** Clients and webhooks remembered: a few hundred bytes each. */
const MAX_CLIENTS = 100_000;
const MAX_WEBHOOKS = 100_000;
/** A run begins anew at least every slice; until then it may wait for one answer of a target. */
const GRACE_BEYOND_TIMEOUT_MS = 5_000;

/**
 * What a worker's stages work on: Redis, MySQL behind the directory, and the way to targets. Jobs of events have a
 * connection to Redis of their own: hundreds of them end at once, and Redis answers a connection in the order in which
 * it is asked.
 */
export function connectServices({ config, logger, lifecycle, telemetry }: WorkerParts) {
  const clock = Date.now;
  const prefix = config.queuePrefix;
  const redis = connectRedis(config.redisUrl, 'waiting', logger);
  lifecycle.add('redis', () => redis.disconnect());
  const eventRedis = connectRedis(config.redisUrl, 'waiting', logger);
  lifecycle.add('redis of events', () => eventRedis.disconnect());
  keepTogether(eventRedis, redis);
  const database = new Database({ databaseUrl: config.databaseUrl });
  lifecycle.add('mysql', () => database.close());
  // So that the first event needn't wait for the connection. Without MySQL, whoever needs it will say so.
  void database.ping().catch(() => {});
  const graceMs = config.deliveryTimeoutMs + GRACE_BEYOND_TIMEOUT_MS;
  const keepDiscarded = config.keeping.discardedDays > 0;
  const { shards, redisMinReplicas: minReplicas } = config;
  const settings = { prefix, shards, clock, graceMs, keepDiscarded, minReplicas };
  const backlog = connectBacklog({ redis, ...settings, telemetry });
  lifecycle.add('wake-ups', () => backlog.waker.close());

  const store = new WebhookStore({
    database,
    cipher: new CredentialCipher({ keys: config.encryptionKeys }),
    webhooksPerClient: config.webhooksPerClient,
    now: () => new Date(),
  });
  const feed = new ChangeFeed({ redis, prefix });
  const directory = new Directory({
    source: store,
    feed,
    // One that nobody sets.
    clock: () => performance.now(),
    ttlMs: DIRECTORY_TTL_MS,
    maxClients: MAX_CLIENTS,
    maxWebhooks: MAX_WEBHOOKS,
  });
  onceBack(redis, () => directory.doubt());
  const policy = { mode: config.targetPolicy, allow: config.targetAllow };
  const transmitter = createTransmitter({ policy, egress: config.egress, version: VERSION });
  lifecycle.add('transmitter', () => transmitter.close());
  const longestWaitMs = graceMs + config.retryMaxIntervalMs;
  return {
    ...backlog,
    longestWaitMs,
    redis,
    eventRedis,
    database,
    store,
    feed,
    directory,
    transmitter,
    clock,
    prefix,
    telemetry,
  };
}
