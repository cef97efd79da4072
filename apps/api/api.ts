import { Queue, type Telemetry } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import { type ConnectedBacklog, connectBacklog } from '#libs/backlog/connectBacklog.ts';
import { PendingEvents } from '#libs/backlog/pendingEvents.ts';
import type { Config } from '#libs/config/loadConfig.ts';
import { ChangeFeed } from '#libs/directory/changes.ts';
import { EVENT_TYPES } from '#libs/domain/eventType.ts';
import type { Logger } from '#libs/logging/logger.ts';
import { NoticeQueue } from '#libs/notices/noticeQueue.ts';
import { eventQueueName, QUEUE_STREAMS, queueNameOn } from '#libs/publisher/queueNames.ts';
import { addCheckGauge } from '#libs/runtime/checkGauge.ts';
import type { HealthCheck } from '#libs/runtime/healthServer.ts';
import type { Lifecycle } from '#libs/runtime/lifecycle.ts';
import { createDiscardedCounter, createRegistry } from '#libs/runtime/metrics.ts';
import { connectRedis } from '#libs/runtime/redis.ts';
import { findSilentMaster, mastersOf } from '#libs/runtime/redisMasters.ts';
import { addMemoryGauges, memoryWarning, readRedisMemory } from '#libs/runtime/redisMemory.ts';
import { VERSION } from '#libs/runtime/version.ts';
import { AuditLog } from '#libs/store/auditLog.ts';
import { CredentialCipher } from '#libs/store/credentialCipher.ts';
import { Database } from '#libs/store/database.ts';
import { SchemaOutdated } from '#libs/store/storeErrors.ts';
import { WebhookStore } from '#libs/store/webhookStore.ts';
import { createGuardedLookup } from '#libs/target/guardedLookup.ts';
import type { TargetPolicy } from '#libs/target/targetPolicy.ts';
import { createTransmitter } from '#libs/target/transmit.ts';
import { createAccess } from './access/accessParts.ts';
import { ChangeNotices } from './changeNotices.ts';
import type { DashboardQueue } from './dashboardQueues.ts';
import { deliveryParts } from './deliveryParts.ts';
import { createEventParts } from './events/eventParts.ts';
import { createResendParts } from './resendParts.ts';
import { createApp, startServer } from './server.ts';
import type { WebhookRouteParts } from './webhookRoutes.ts';

export interface ApiParts {
  readonly config: Config;
  readonly logger: Logger;
  readonly lifecycle: Lifecycle;
  /** Traces of the jobs; without it, none are made. */
  readonly telemetry?: Telemetry | undefined;
}

/** Requests get this long less than the whole stop, so that what comes after them has time too. */
const STOP_RESERVE_MS = 2000;

/** Builds an API process. Resolves when it listens; MySQL and Redis may be away and come later. */
export async function startApi(parts: ApiParts): Promise<{ port: number }> {
  const { config, logger, lifecycle } = parts;
  const database = new Database({ databaseUrl: config.databaseUrl });
  lifecycle.add('mysql', () => database.close());
  await refuseOldSchema(database, logger);
  const redis = connectRedis(config.redisUrl, 'failFast', logger);
  lifecycle.add('redis', () => redis.disconnect());
  const { queuePrefix: prefix, shards } = config;
  const backlog = connectBacklog({
    redis,
    prefix,
    shards,
    clock: Date.now,
    graceMs: config.deliveryTimeoutMs,
    minReplicas: config.redisMinReplicas,
    telemetry: parts.telemetry,
  });
  lifecycle.add('wake-ups', () => backlog.waker.close());

  const registry = createRegistry();
  addMemoryGauges(registry, redis);
  const checks = readinessChecks(database, redis);
  addCheckGauge(registry, checks);
  const notices = new NoticeQueue({ redis, prefix });
  lifecycle.add('queue of notices', () => notices.close());
  const dashboardQueues = [
    ...eventQueues({ ...parts, redis }),
    ...deliveryQueues(backlog),
    { kind: 'notices', queue: notices.queue } as const,
  ];
  // Their connection has told already what is wrong; unheard, an error would end the process.
  for (const { queue } of dashboardQueues) queue.on('error', () => undefined);
  const discarded = createDiscardedCounter(registry);
  const webhooks = webhookParts({ ...parts, database, redis, backlog, discarded });
  const app = createApp({
    logger,
    access: createAccess({ config, database, redis }),
    webhooks,
    deliveries: deliveryParts({ config, database, redis, backlog, store: webhooks.store }),
    events: createEventParts({ ...parts, redis }),
    audit: new AuditLog({ database }),
    clients: { database, failing: backlog.failing, shards, now: Date.now },
    resends: createResendParts({ ...parts, database, backlog, store: webhooks.store }),
    publicEgressAddresses: config.publicEgressAddresses,
    health: {
      checks,
      warnings: { redisMemory: async () => memoryWarning(await readRedisMemory(mastersOf(redis))) },
      registry,
    },
    dashboardQueues,
  });
  const server = await startServer({ app, port: config.port });
  lifecycle.add('http', () => server.close(Math.max(0, config.shutdownTimeoutMs - STOP_RESERVE_MS)));
  return { port: server.port };
}

/** An outdated schema ends the start: no request could be answered. That MySQL is away may pass. */
async function refuseOldSchema(database: Database, logger: Logger): Promise<void> {
  try {
    await database.ping();
  } catch (error) {
    if (error instanceof SchemaOutdated) throw error;
    logger.warn('MySQL is away; requests get a 503 until it is back', { error });
  }
}

function webhookParts(
  parts: ApiParts & {
    database: Database;
    redis: Redis | Cluster;
    backlog: ConnectedBacklog;
    discarded: ReturnType<typeof createDiscardedCounter>;
  },
): WebhookRouteParts {
  const { config, logger, lifecycle, database, redis, backlog, discarded } = parts;
  const targetPolicy: TargetPolicy = { mode: config.targetPolicy, allow: config.targetAllow };
  const lookup = createGuardedLookup({ policy: targetPolicy });
  lifecycle.add('name lookups', () => lookup.close());
  const transmitter = createTransmitter({ policy: targetPolicy, egress: config.egress, version: VERSION });
  lifecycle.add('transmitter', () => transmitter.close());
  return {
    store: new WebhookStore({
      database,
      cipher: new CredentialCipher({ keys: config.encryptionKeys }),
      webhooksPerClient: config.webhooksPerClient,
      now: () => new Date(),
    }),
    notices: new ChangeNotices({
      changes: new ChangeFeed({ redis, prefix: config.queuePrefix }),
      pending: new PendingEvents({
        ...backlog,
        onDropped: ({ type, events }) => {
          if (type) discarded.inc({ type, reason: 'deleted' }, events);
        },
      }),
      logger,
    }),
    targetPolicy,
    // A proxy resolves names by itself, perhaps names that only it knows.
    lookup: config.egress.proxy === undefined ? lookup : null,
    transmitter,
    deliveryTimeoutMs: config.deliveryTimeoutMs,
    now: Date.now,
  };
}

function readinessChecks(database: Database, redis: Redis | Cluster): Record<string, HealthCheck> {
  return {
    mysql: () => database.ping().then(() => null),
    redis: () => findSilentMaster(redis),
  };
}

function eventQueues({ config, lifecycle, redis }: ApiParts & { redis: Redis | Cluster }): DashboardQueue[] {
  return EVENT_TYPES.map((type) => {
    const prefix = config.queuePrefix;
    const name = queueNameOn(redis, prefix, eventQueueName(type));
    const queue = new Queue(name, { connection: redis, prefix, streams: QUEUE_STREAMS });
    lifecycle.add(name, () => queue.close());
    return { kind: 'events', queue, type };
  });
}

function deliveryQueues({ waker, keys, standings }: ConnectedBacklog): DashboardQueue[] {
  return waker.queues.map((queue) => {
    const label = keys.shards === 1 ? '' : `${queue.opts.prefix} `;
    return { kind: queue.name === 'retries' ? 'retries' : 'deliveries', queue, label, standings };
  });
}
