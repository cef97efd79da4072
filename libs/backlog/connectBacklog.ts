import type { Telemetry } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import { Replicas } from '#libs/publisher/replicas.ts';
import { Backlog } from './backlog.ts';
import { Discarded } from './discarded.ts';
import { Failing } from './failing.ts';
import { KeyLayout } from './keys.ts';
import { Leases } from './leases.ts';
import { Permits } from './permits.ts';
import { Scripts } from './scripts.ts';
import { Standings } from './standings.ts';
import { Waiting } from './waiting.ts';
import { DeliveryWaker } from './wakeDelivery.ts';

/** The backlog and what belongs to it, on one connection. */
export function connectBacklog(parts: {
  redis: Redis | Cluster;
  prefix: string;
  shards: number;
  clock: () => number;
  /** How late a delivery run may be before the webhook is woken once more. */
  graceMs: number;
  /** Whether discarded events are handed over to somebody who keeps them, or just gone. */
  keepDiscarded?: boolean;
  /** So many replicas of Redis must have what is appended. */
  minReplicas?: number;
  /** Traces of the wake-ups. */
  telemetry?: Telemetry | undefined;
}) {
  const { redis, prefix, shards, clock, graceMs, keepDiscarded = false, minReplicas = 0 } = parts;
  const keys = new KeyLayout({ prefix, shards });
  const scripts = new Scripts(redis);
  const replicas = new Replicas({ redis, count: minReplicas });
  return {
    keys,
    backlog: new Backlog({ scripts, keys, clock, graceMs, replicas, keepDiscarded }),
    discarded: new Discarded({ redis, keys }),
    leases: new Leases({ scripts, keys, clock }),
    permits: new Permits({ scripts, keys }),
    failing: new Failing({ redis, keys }),
    standings: new Standings({ redis, keys }),
    waiting: new Waiting({ redis, keys }),
    waker: new DeliveryWaker({ redis, keys, telemetry: parts.telemetry }),
  };
}

export type ConnectedBacklog = ReturnType<typeof connectBacklog>;
