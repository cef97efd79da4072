import type { Cluster, Redis } from 'ioredis';
import { type Config, loadConfig } from '#libs/config/loadConfig.ts';
import type { EventType } from '#libs/domain/eventType.ts';
import type { LogFields, Logger } from '#libs/logging/logger.ts';
import { createPublisher, type Publisher } from '#libs/publisher/publisher.ts';
import { Lifecycle } from '#libs/runtime/lifecycle.ts';
import { connectRedis } from '#libs/runtime/redis.ts';
import { type Customer, type Script, startCustomer } from '#libs/testing/customer.ts';
import { startApi } from '../api/api.ts';
import { startWorker } from '../worker/worker.ts';
import { AdminClient, type WebhookFields, type WebhookRef } from './adminClient.ts';
import { Queues } from './queues.ts';
import { migratedSettings, newClientId, OPERATOR } from './settings.ts';

export interface LogLine extends LogFields {
  readonly level: string;
  readonly message: string;
}

/** Postrider, its API and a worker, in one process on the real servers of the test run, with names of its own. */
export interface Platform {
  readonly config: Config;
  readonly redis: Redis | Cluster;
  readonly api: AdminClient;
  readonly apiPort: number;
  readonly workerPort: number;
  readonly queues: Queues;
  readonly publisher: Publisher;
  /** What both have logged, before it is redacted. */
  readonly lines: readonly LogLine[];
  /** An endpoint that is closed with the platform. */
  customer(script?: Script): Promise<Customer>;
  /** A webhook created and activated over HTTP, of a client of its own unless given. */
  activated(fields: ActivatedFields): Promise<ActivatedWebhook>;
  stop(): Promise<unknown>;
}

export interface ActivatedFields extends Omit<WebhookFields, 'type' | 'targetUrl'> {
  readonly customer: Customer;
  readonly type?: EventType;
  readonly clientId?: number;
}

export interface ActivatedWebhook extends WebhookRef {
  readonly type: EventType;
  /** What an event needs in order to be collected for it. */
  readonly match: { readonly type: EventType; readonly clientId: number };
}

export async function startPlatform(settings: Readonly<Record<string, string>> = {}): Promise<Platform> {
  const config = loadConfig({
    ...(await migratedSettings()),
    RETRY_INTERVAL_MS: '200',
    DELIVERY_TIMEOUT_MS: '5000',
    ...settings,
  });
  const lines: LogLine[] = [];
  const logger = recordTo(lines);
  const lifecycle = new Lifecycle({ logger, deadlineMs: config.shutdownTimeoutMs });
  const redis = connectRedis(config.redisUrl, 'waiting', logger);
  lifecycle.add('test redis', () => redis.disconnect());
  const queues = new Queues({ redis, prefix: config.queuePrefix });
  lifecycle.add('test queues', () => queues.close());
  const publisher = createPublisher({ redisUrl: config.redisUrl, prefix: config.queuePrefix });
  lifecycle.add('publisher', () => publisher.close());
  const { healthPort: workerPort } = await startWorker({ config, logger, lifecycle });
  const { port: apiPort } = await startApi({ config, logger, lifecycle });
  const api = new AdminClient({ port: apiPort, auth: OPERATOR });

  async function customer(script?: Script): Promise<Customer> {
    const started = await startCustomer(script && { script });
    lifecycle.add('customer', () => started.close());
    return started;
  }

  async function activated(wanted: ActivatedFields): Promise<ActivatedWebhook> {
    const { customer: target, type = 'open', clientId = newClientId(), ...fields } = wanted;
    const webhook = await api.create(clientId, { type, targetUrl: target.url, ...fields });
    await api.activate(webhook);
    return { ...webhook, type, match: { type, clientId } };
  }

  const parts = { config, redis, api, apiPort, workerPort, queues, publisher, lines };
  return { ...parts, customer, activated, stop: () => lifecycle.stop() };
}

/** A platform for one test, stopped however the test ends. */
export async function withPlatform(
  settings: Readonly<Record<string, string>>,
  test: (platform: Platform) => Promise<void>,
): Promise<void> {
  const platform = await startPlatform(settings);
  try {
    await test(platform);
  } finally {
    await platform.stop();
  }
}

function recordTo(lines: LogLine[]): Logger {
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}) => {
      lines.push({ ...fields, level, message });
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
