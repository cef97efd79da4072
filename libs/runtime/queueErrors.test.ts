import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { isConnectionError } from './queueErrors.ts';

/** What a client of Redis hears from a port that `behave`s so. */
async function errorFrom(port: number): Promise<Error> {
  const redis = new Redis(port, '127.0.0.1', { retryStrategy: null, lazyConnect: true });
  const [error] = await Promise.all([
    once(redis, 'error').then(([first]) => first as Error),
    redis.connect().catch(() => {}),
  ]);
  redis.disconnect();
  return error;
}

describe('errors of a queue', () => {
  it('are those of its connection when nobody listens, or the connection breaks', async () => {
    const server = createServer((socket) => socket.resetAndDestroy()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    expect(isConnectionError(await errorFrom(port))).toBe(true);
    await once(server.close(), 'close');
    expect(isConnectionError(await errorFrom(port))).toBe(true);
    expect(isConnectionError(new Error('Connection is closed.'))).toBe(true);
  });

  it('are others when Redis answers with one', () => {
    expect(isConnectionError(new Error('OOM command not allowed when used memory > maxmemory'))).toBe(false);
    expect(isConnectionError(new Error('Missing lock for job 7. moveToFinished'))).toBe(false);
  });
});
