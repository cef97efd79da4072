import type { Redis } from 'ioredis';

/** Counts what clients send to Redis during some work: what scripts call inside of Redis is not in it. */
export async function sentCommands(redis: Redis, work: () => Promise<unknown>): Promise<number> {
  const connection = redis.duplicate();
  const monitor = await connection.monitor();
  let sent = 0;
  monitor.on('monitor', (_time: string, _args: string[], source: string) => {
    if (source !== 'lua') sent += 1;
  });
  try {
    await work();
    return sent;
  } finally {
    monitor.disconnect();
    connection.disconnect();
  }
}
