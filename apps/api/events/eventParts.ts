import type { Telemetry } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import type { Config } from '#libs/config/loadConfig.ts';
import type { Logger } from '#libs/logging/logger.ts';
import { ThrottledLog } from '#libs/logging/throttledLog.ts';
import { createPublisher } from '#libs/publisher/publisher.ts';
import type { Lifecycle } from '#libs/runtime/lifecycle.ts';
import type { EventRouteParts } from './eventRoutes.ts';
import { IdempotencyKeys } from './idempotencyKeys.ts';

/** A caller is answered in about 2 seconds whatever becomes of Redis. */
const CONNECT_TIMEOUT_MS = 1_000;

/** What it takes to queue events that come over HTTP. `redis` fails fast. */
export function createEventParts(parts: {
  config: Config;
  logger: Logger;
  lifecycle: Lifecycle;
  redis: Redis | Cluster;
  telemetry?: Telemetry | undefined;
}): EventRouteParts {
  const { config, logger, lifecycle, redis, telemetry } = parts;
  const prefix = config.queuePrefix;
  const publisher = createPublisher({
    connection: redis,
    prefix,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    minReplicas: config.redisMinReplicas,
    ...(telemetry && { telemetry }),
  });
  lifecycle.add('publisher of events', () => publisher.close());
  return {
    publisher,
    keys: new IdempotencyKeys({ redis, prefix }),
    warnings: new ThrottledLog({ write: logger.warn, clock: () => performance.now() }),
  };
}
