import { Redis } from 'ioredis';
import type { Logger } from '#libs/logging/logger.ts';

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

/**
 * Lets BullMQ's scripts run while Redis is full (maxmemory reached, noeviction). A worker's only move and remove what
 * is there: refused, they would keep Redis full.
 */
class WorkerRedis extends Redis {
  override defineCommand(name: string, { lua, ...definition }: Parameters<Redis['defineCommand']>[1]): void {
    const flagged = lua.startsWith('#!') ? lua : `#!lua flags=allow-oom\n${lua}`;
    super.defineCommand(name, { ...definition, lua: flagged });
  }
}

/**
 * A connection for workers (commands wait for as long as Redis is away, and then go on) or for callers who must
 * get an answer soon (commands fail at once while Redis is away).
 */
export function connectRedis(url: string, use: 'waiting' | 'failFast', logger: Logger): Redis {
  const redis = new (use === 'waiting' ? WorkerRedis : Redis)(url, {
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENCE_MS[use],
    retryStrategy: (attempt) => Math.min(attempt * 50, RECONNECT_MAX_MS[use]),
    ...(use === 'waiting'
      ? { maxRetriesPerRequest: null }
      : { maxRetriesPerRequest: 1, enableOfflineQueue: false, commandTimeout: COMMAND_TIMEOUT_MS }),
  });
  let lastError = '';
  redis.on('error', (error: Error) => {
    // One line for each kind of trouble, not one for each attempt to reconnect.
    if (error.message !== lastError) logger.warn('Redis is away', { error });
    lastError = error.message;
  });
  redis.on('ready', () => {
    if (lastError !== '') logger.info('Redis is back');
    lastError = '';
  });
  return redis;
}
