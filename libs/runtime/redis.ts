import { Cluster, Redis } from 'ioredis';
import type { Logger } from '#libs/logging/logger.ts';
import { ThrottledLog } from '#libs/logging/throttledLog.ts';
import { keepName, leaveReplica } from '#libs/publisher/connection.ts';
import { parseRedisUrl } from '#libs/publisher/redisUrl.ts';
import { gatherWrites } from './gatherWrites.ts';

/** `waiting`: commands wait for as long as Redis is away, and then go on. `failFast`: they fail at once meanwhile. */
export type RedisUse = 'waiting' | 'failFast';

const CONNECT_TIMEOUT_MS = 5_000;
/** Callers who fail at once meanwhile want it back soon. */
const RECONNECT_MAX_MS = { waiting: 1_000, failFast: 200 };
/** How long a caller who must not hang waits for Redis. */
const COMMAND_TIMEOUT_MS = 2_000;
/**
 * A connection that owes an answer for so long is dead, though nobody has said so (a host that vanished, a firewall
 * that forgot): it is replaced. Longer than BullMQ waits for a job in one go, which is 10 s.
 */
const SILENCE_MS = { waiting: 15_000, failFast: 5_000 };
/** A command whose node of a cluster is gone, or has handed over, is sent again after a tenth of a second, so often. */
const REDIRECTIONS = { waiting: Number.MAX_SAFE_INTEGER, failFast: 8 };
/** How long a node of a cluster may take to say which node has which slots, before another one is asked. */
const SLOTS_TIMEOUT_MS = 2_000;

type Definition = Parameters<Redis['defineCommand']>[1];

/**
 * Lets BullMQ's scripts run while Redis is full (maxmemory reached, noeviction). A worker's only move and remove what
 * is there: refused, they would keep Redis full.
 */
function allowWhenFull({ lua, ...definition }: Definition): Definition {
  return { ...definition, lua: lua.startsWith('#!') ? lua : `#!lua flags=allow-oom\n${lua}` };
}

class WorkerRedis extends Redis {
  override defineCommand(name: string, definition: Definition): void {
    super.defineCommand(name, allowWhenFull(definition));
  }
}

class WorkerCluster extends Cluster {
  override defineCommand(name: string, definition: Definition): void {
    super.defineCommand(name, allowWhenFull(definition));
  }
}

/**
 * A connection to what a Redis URL names (see parseRedisUrl): a server, the master that Sentinels know, or a cluster;
 * for workers, or for callers who must get an answer soon.
 */
export function connectRedis(url: string, use: RedisUse, logger: Logger): Redis | Cluster {
  const redis = open(url, use);
  if (use === 'waiting') gatherCommands(redis);
  let lastError = '';
  redis.on('error', (failure: Error) => {
    const error = causeOf(failure);
    // One line for each kind of trouble, not one for each attempt to reconnect.
    if (error.message !== lastError) logger.warn('Redis is away', { error });
    lastError = error.message;
  });
  const warnings = new ThrottledLog({ write: logger.warn, clock: () => performance.now() });
  redis.on('node error', (error: Error, node: string) => {
    warnings.line(node, 'A node of the Redis Cluster is away', { node, error });
  });
  redis.on('ready', () => {
    if (lastError !== '') logger.info('Redis is back');
    lastError = '';
  });
  return redis;
}

/** Anew with each connection; in a cluster, with those of each node. */
function gatherCommands(redis: Redis | Cluster): void {
  if (redis instanceof Cluster) redis.on('+node', gatherCommands);
  else redis.on('connect', () => gatherWrites(redis.stream));
}

/** Of a cluster, the error itself says only that no node answers. */
function causeOf(error: Error): Error {
  return 'lastNodeError' in error && error.lastNodeError instanceof Error ? error.lastNodeError : error;
}

function open(url: string, use: RedisUse): Redis | Cluster {
  const place = parseRedisUrl(url);
  const isWaiting = use === 'waiting';
  const Server = isWaiting ? WorkerRedis : Redis;
  const retryStrategy = (attempt: number) => Math.min(attempt * 50, RECONNECT_MAX_MS[use]);
  const reconnecting = { retryStrategy, reconnectOnError: leaveReplica };
  const manners = {
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENCE_MS[use],
    ...(isWaiting
      ? { maxRetriesPerRequest: null }
      : { maxRetriesPerRequest: 1, enableOfflineQueue: false, commandTimeout: COMMAND_TIMEOUT_MS }),
  };
  switch (place.kind) {
    case 'server':
      return new Server(place.url, { ...manners, ...reconnecting });
    case 'sentinel':
      return new Server({
        ...place.options,
        ...manners,
        ...reconnecting,
        sentinelRetryStrategy: retryStrategy,
      });
    case 'cluster':
      return new (isWaiting ? WorkerCluster : Cluster)(place.nodes, {
        enableOfflineQueue: isWaiting,
        clusterRetryStrategy: retryStrategy,
        maxRedirections: REDIRECTIONS[use],
        slotsRefreshTimeout: SLOTS_TIMEOUT_MS,
        dnsLookup: keepName,
        redisOptions: { ...place.options, ...manners },
      });
  }
}
