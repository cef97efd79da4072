import { randomUUID } from 'node:crypto';
import { connectBacklog } from '#libs/backlog/connectBacklog.ts';
import { BacklogSink } from '#libs/backlog/sink.ts';
import type { Config } from '#libs/config/loadConfig.ts';
import { DeliveryWorker } from '#libs/delivery/deliveryWorker.ts';
import { DeliveryProgress } from '#libs/delivery/progress.ts';
import { Reconciler } from '#libs/delivery/reconciler.ts';
import { ChangeFeed } from '#libs/directory/changes.ts';
import { Directory } from '#libs/directory/directory.ts';
import type { Logger } from '#libs/logging/logger.ts';
import { Router } from '#libs/router/routerWorker.ts';
import { HealthServer } from '#libs/runtime/healthServer.ts';
import type { Lifecycle } from '#libs/runtime/lifecycle.ts';
import { createMetrics } from '#libs/runtime/metrics.ts';
import { connectRedis } from '#libs/runtime/redis.ts';
import { VERSION } from '#libs/runtime/version.ts';
import { CredentialCipher } from '#libs/store/credentialCipher.ts';
import { Database } from '#libs/store/database.ts';
import { WebhookStore } from '#libs/store/webhookStore.ts';
import { createTransmitter } from '#libs/target/transmit.ts';
import { workerChecks } from './checks.ts';
import { observeDeliveries, observeRouter } from './observer.ts';

/** A change that was never announced goes unnoticed for so long at most. */
const DIRECTORY_TTL_MS = 5_000;
/** Clients and webhooks remembered: a few hundred bytes each. */
const MAX_CLIENTS = 100_000;
const MAX_WEBHOOKS = 100_000;
/** A run begins anew at least every slice; until then it may wait for one answer of a target. */
const GRACE_BEYOND_TIMEOUT_MS = 5_000;

/** Builds a worker process: router, deliveries and reconciler on one Redis connection. Resolves when it runs. */
export async function startWorker({
  config,
  logger,
  lifecycle,
}: WorkerParts): Promise<{ healthPort: number }> {
  const clock = Date.now;
  const metrics = createMetrics();
  const redis = connectRedis(config.redisUrl, 'waiting', logger);
  lifecycle.add('redis', () => redis.disconnect());
  const database = new Database({ databaseUrl: config.databaseUrl });
  lifecycle.add('mysql', () => database.close());

  const prefix = config.queuePrefix;
  const graceMs = config.deliveryTimeoutMs + GRACE_BEYOND_TIMEOUT_MS;
  const { keys, backlog, waiting, waker } = connectBacklog({
    redis,
    prefix,
    shards: config.shards,
    clock,
    graceMs,
  });
  lifecycle.add('wake-ups', () => waker.close());

  const directory = new Directory({
    source: webhookStore(config, database),
    feed: new ChangeFeed({ redis, prefix }),
    clock,
    ttlMs: DIRECTORY_TTL_MS,
    maxClients: MAX_CLIENTS,
    maxWebhooks: MAX_WEBHOOKS,
  });
  redis.on('ready', () => directory.doubt());
  const transmitter = createTransmitter({
    policy: { mode: config.targetPolicy, allow: [] },
    version: VERSION,
  });
  lifecycle.add('transmitter', () => transmitter.close());

  const progress = new DeliveryProgress(clock);
  const onTransmission = () => progress.moved();
  const observer = observeDeliveries({ metrics, logger, clock, onTransmission });
  const reconciler = new Reconciler({
    redis,
    keys,
    backlog,
    waiting,
    waker,
    directory,
    observer,
    clock,
    eventTtlMs: config.eventTtlMs,
    logger,
  });
  const run = {
    backlog,
    directory,
    transmitter,
    observer,
    clock,
    random: Math.random,
    newId: randomUUID,
    settings: config,
  };
  const deliveries = new DeliveryWorker({ redis, keys, waker, run, logger });
  const sink = new BacklogSink({ backlog, waker });
  const router = new Router({
    redis,
    prefix,
    directory,
    sink,
    batchSize: config.batchSize,
    clock,
    logger,
    observer: observeRouter(metrics),
  });

  const checks = workerChecks({ redis, waiting, progress, router, clock });
  metrics.gauge(
    'postrider_pending_events',
    'Events that wait for delivery',
    async () => (await waiting.totals(clock())).events,
  );
  metrics.gauge(
    'postrider_oldest_pending_seconds',
    'Age of the oldest event at the head of a backlog',
    async () => {
      const { oldestClock } = await waiting.totals(clock());
      return oldestClock === null ? 0 : Math.max(0, clock() - oldestClock) / 1_000;
    },
  );
  const health = new HealthServer({ checks, registry: metrics.registry });
  const healthPort = await health.listen(config.workerPort);
  lifecycle.add('health', () => health.close());

  deliveries.start();
  lifecycle.add('deliveries', () => deliveries.close());
  await reconciler.start();
  lifecycle.add('reconciler', () => reconciler.close());
  router.start();
  lifecycle.add('router', () => router.close());
  return { healthPort };
}

interface WorkerParts {
  readonly config: Config;
  readonly logger: Logger;
  readonly lifecycle: Lifecycle;
}

function webhookStore(config: Config, database: Database): WebhookStore {
  return new WebhookStore({
    database,
    cipher: new CredentialCipher({ keys: config.encryptionKeys }),
    webhooksPerClient: config.webhooksPerClient,
    now: () => new Date(),
  });
}
