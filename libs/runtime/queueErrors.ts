import { isNotConnectionError, type Worker } from 'bullmq';

/** Of Node's sockets. */
const CONNECTION_CODES: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/**
 * Tells what goes wrong with a queue, but for its connection: when Redis is away, each queue's own connection says so at
 * each try, hundreds of times a minute, and one line has said it for all of them (connectRedis).
 */
export function onQueueError(worker: Pick<Worker, 'on'>, report: (error: Error) => void): void {
  worker.on('error', (error) => {
    if (!isConnectionError(error)) report(error);
  });
}

export function isConnectionError(error: Error): boolean {
  return !isNotConnectionError(error) || ('code' in error && CONNECTION_CODES.has(error.code));
}
