import { randomUUID } from 'node:crypto';
import { connectBacklog } from '#libs/backlog/connectBacklog.ts';
import type { Lane } from '#libs/backlog/lane.ts';
import { BacklogSink } from '#libs/backlog/sink.ts';
import { inspectBacklog } from '#libs/backlog/tests/inspectBacklog.ts';
import { ChangeFeed } from '#libs/directory/changes.ts';
import { Directory } from '#libs/directory/directory.ts';
import { silentLogger } from '#libs/logging/logger.ts';
import { connectRedis } from '#libs/runtime/redis.ts';
import { migrate } from '#libs/store/migrate.ts';
import { openStore } from '#libs/store/tests/storeFixture.ts';
import type { WebhookFields } from '#libs/store/webhookStore.ts';
import { createTransmitter } from '#libs/target/transmit.ts';
import type { Script } from '#libs/testing/customer.ts';
import { testServers } from '#libs/testing/servers.ts';
import { DeliveryWorker } from '../deliveryWorker.ts';
import { Reconciler } from '../reconciler.ts';
import type {
  DeliveryObserver,
  DeliverySettings,
  DiscardReason,
  RunParts,
  Transmission,
} from '../runParts.ts';
import { makeFixtureWebhook } from './fixtureWebhook.ts';

const SETTINGS: DeliverySettings = {
  batchSize: 100,
  retryIntervalMs: 200,
  retryMaxIntervalMs: 200,
  eventTtlMs: 259_200_000,
  deliveryTimeoutMs: 5_000,
};

/** Of any test. */
const LONGEST_WAIT_MS = 3_700_000;

export interface FixtureOptions {
  readonly settings?: Partial<DeliverySettings>;
  readonly shards?: number;
  /** How late a run may be before the reconciler wakes it. */
  readonly graceMs?: number;
}

/** Connections and parts as a worker has them. */
async function connectParts({ settings = {}, shards = 1, graceMs = 60_000 }: FixtureOptions) {
  const { redisUrl, makeQueuePrefix, createDatabase } = testServers();
  const databaseUrl = await createDatabase();
  await migrate({ databaseUrl });
  const { database, store } = openStore({ databaseUrl, webhooksPerClient: 10_000 });
  const prefix = makeQueuePrefix();
  const redis = connectRedis(redisUrl, 'waiting', silentLogger);
  const connected = connectBacklog({ redis, prefix, shards, clock: Date.now, graceMs });
  const feed = new ChangeFeed({ redis, prefix });
  const limits = { clock: Date.now, ttlMs: 5_000, maxClients: 1_000, maxWebhooks: 10_000 };
  const directory = new Directory({ source: store, feed, ...limits });
  const transmitter = createTransmitter({ policy: { mode: 'development', allow: [] }, version: 'test' });
  const transmissions: Transmission[] = [];
  const discarded: { webhookId: number; events: number; reason: DiscardReason }[] = [];
  const observer: DeliveryObserver = {
    transmitted: (transmission) => void transmissions.push(transmission),
    discarded: (webhookId, types, reason) => {
      const events = [...types.values()].reduce((sum, count) => sum + count, 0);
      discarded.push({ webhookId, events, reason });
    },
  };
  const run: RunParts = {
    backlog: connected.backlog,
    permits: connected.permits,
    leases: connected.leases,
    directory,
    transmitter,
    observer,
    clock: Date.now,
    random: Math.random,
    newId: randomUUID,
    settings: { ...SETTINGS, ...settings },
  };
  async function close() {
    await connected.waker.close();
    transmitter.close();
    await database.close();
    redis.disconnect();
  }
  return { ...connected, redis, store, feed, run, transmissions, discarded, close };
}

/**
 * The delivery from the backlog to the customer, all parts real: Redis, BullMQ, MariaDB, directory, transmitter.
 * Nothing runs until a worker or a reconciler is started.
 */
export async function openDelivery(options: FixtureOptions = {}) {
  const parts = await connectParts(options);
  const { redis, run, store, feed, waker, keys } = parts;
  const sink = new BacklogSink(parts);
  const closing: (() => Promise<void>)[] = [];

  return {
    ...parts,
    contents: (webhookId: number) => inspectBacklog(redis, keys, webhookId),

    /** The delivery jobs of a webhook that are not over, by lane and state: `deliveries wait`. */
    async jobs(webhookId: number) {
      const states = ['wait', 'active', 'delayed', 'failed'] as const;
      const found = await Promise.all(
        waker.queues.flatMap((queue) =>
          states.map(async (state) => {
            const jobs = await queue.getJobs([state]);
            return jobs
              .filter((job) => job?.data.webhookId === webhookId)
              .map(() => `${queue.name} ${state}`);
          }),
        ),
      );
      return found.flat();
    },

    /** A worker, with settings of its own if need be. Closed with the fixture at the latest. */
    startWorker({ slots, ...other }: Partial<DeliverySettings> & { slots?: Record<Lane, number> } = {}) {
      const own = { ...run, settings: { ...run.settings, ...other } };
      const workerParts = { redis, keys, waker, run: own, logger: silentLogger };
      const worker = new DeliveryWorker(slots ? { ...workerParts, slots } : workerParts);
      worker.start();
      closing.push(() => worker.close());
      return worker;
    },
    async startReconciler({ everyMs }: { everyMs: number }) {
      const { eventTtlMs } = run.settings;
      const own = { eventTtlMs, longestWaitMs: LONGEST_WAIT_MS, logger: silentLogger, everyMs };
      const reconciler = new Reconciler({ ...parts, ...run, ...own });
      await reconciler.start();
      closing.push(() => reconciler.close());
    },

    /** An activated webhook with an endpoint that answers by `script`. */
    async webhook(script: Script = [], fields: Partial<WebhookFields> = {}) {
      const webhook = await makeFixtureWebhook({ store, feed, sink, script, fields });
      closing.push(() => webhook.customer.close());
      return webhook;
    },

    async close() {
      for (const close of closing.toReversed()) await close();
      await parts.close();
    },
  };
}

export type Delivery = Awaited<ReturnType<typeof openDelivery>>;
