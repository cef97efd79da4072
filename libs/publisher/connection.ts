import { Cluster, Redis } from 'ioredis';
import { describeFailure } from './publishError.ts';
import { parseRedisUrl } from './redisUrl.ts';

/** A blip of well under a second is ridden out; then the commands that were on their way fail. */
const RECONNECTIONS_PER_COMMAND = 3;
/** The same in a cluster, where a command is sent again each 100 ms. */
const REDIRECTIONS_PER_COMMAND = 8;

export interface ConnectionLimits {
  readonly connectTimeoutMs: number;
  readonly answerTimeoutMs: number;
}

/** A connection that fails fast: what can't be sent now is the caller's to repeat, not to be kept in memory. */
export function connect(redisUrl: string, limits: ConnectionLimits): Redis | Cluster {
  const redis = open(redisUrl, limits);
  redis.on('error', () => {});
  return redis;
}

function open(redisUrl: string, { connectTimeoutMs, answerTimeoutMs }: ConnectionLimits): Redis | Cluster {
  const place = parseRedisUrl(redisUrl);
  const manners = {
    enableOfflineQueue: false,
    maxRetriesPerRequest: RECONNECTIONS_PER_COMMAND,
    connectTimeout: connectTimeoutMs,
    commandTimeout: answerTimeoutMs,
    // A connection that has gone silent is replaced, not asked again.
    socketTimeout: answerTimeoutMs,
  };
  switch (place.kind) {
    case 'server':
      return new Redis(place.url, { ...manners, reconnectOnError: leaveReplica });
    case 'sentinel':
      return new Redis({ ...place.options, ...manners, reconnectOnError: leaveReplica });
    case 'cluster':
      return new Cluster(place.nodes, {
        enableOfflineQueue: false,
        maxRedirections: REDIRECTIONS_PER_COMMAND,
        dnsLookup: keepName,
        redisOptions: { ...place.options, ...manners },
      });
  }
}

/**
 * A server that refuses writes was a master when we connected, and what led to it leads to its successor now: ioredis
 * connects anew (2: and sends the command again).
 */
export function leaveReplica({ message }: Error): false | 2 {
  return message.startsWith('READONLY') && 2;
}

/** A host's name is looked up when it is connected to, and its certificate is for the name. */
export function keepName(name: string, found: (error: null, address: string) => void): void {
  found(null, name);
}

/** BullMQ would wait for the first connection without a limit. */
export async function waitUntilReady(redis: Redis | Cluster, timeoutMs: number): Promise<void> {
  if (redis.status === 'ready') return;
  let lastError: unknown = new Error('connection timed out');
  const noteError = (error: unknown) => {
    lastError = error;
  };
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(new Error(describeFailure(lastError))), timeoutMs);
  redis.on('error', noteError);
  redis.once('ready', resolve);
  if (redis.status === 'wait') redis.connect().catch(noteError);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    redis.off('error', noteError);
    redis.off('ready', resolve);
  }
}
