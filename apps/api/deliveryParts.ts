import type { Cluster, Redis } from 'ioredis';
import type { ConnectedBacklog } from '#libs/backlog/connectBacklog.ts';
import { PendingHead } from '#libs/backlog/pendingHead.ts';
import { Standings } from '#libs/backlog/standings.ts';
import type { Config } from '#libs/config/loadConfig.ts';
import { Deliveries } from '#libs/deliveryLog/deliveries.ts';
import { HourlyStatistics } from '#libs/deliveryLog/hourlyStatistics.ts';
import { LogSecrets } from '#libs/deliveryLog/logSecrets.ts';
import type { Database } from '#libs/store/database.ts';
import type { WebhookStore } from '#libs/store/webhookStore.ts';
import type { DeliveryRouteParts } from './deliveryRoutes.ts';

/** Who reads what the workers have logged, and what waits. */
export function deliveryParts(parts: {
  config: Config;
  database: Database;
  redis: Redis | Cluster;
  backlog: ConnectedBacklog;
  store: WebhookStore;
}): DeliveryRouteParts {
  const { config, database, redis, store } = parts;
  const { keys } = parts.backlog;
  return {
    store,
    deliveries: new Deliveries({ database, secrets: new LogSecrets(config) }),
    statistics: new HourlyStatistics({ database }),
    standings: new Standings({ redis, keys }),
    head: new PendingHead({ redis, keys }),
    now: Date.now,
  };
}
