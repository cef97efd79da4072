import { Redis } from 'ioredis';
import { describeFailure } from './publishError.ts';

/** A blip of well under a second is ridden out; then the commands that were on their way fail. */
const RECONNECTIONS_PER_COMMAND = 3;

export interface ConnectionLimits {
  readonly connectTimeoutMs: number;
  readonly answerTimeoutMs: number;
}

/** A connection that fails fast: what can't be sent now is the caller's to repeat, not to be kept in memory. */
export function connect(redisUrl: string, { connectTimeoutMs, answerTimeoutMs }: ConnectionLimits): Redis {
  const redis = new Redis(redisUrl, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: RECONNECTIONS_PER_COMMAND,
    connectTimeout: connectTimeoutMs,
    commandTimeout: answerTimeoutMs,
    // A connection that has gone silent is replaced, not asked again.
    socketTimeout: answerTimeoutMs,
  });
  redis.on('error', () => {});
  return redis;
}

/** BullMQ would wait for the first connection without a limit. */
export async function waitUntilReady(redis: Redis, timeoutMs: number): Promise<void> {
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
