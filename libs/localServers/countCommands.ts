import type { Redis } from 'ioredis';

/** Every command that a Redis has run, those inside of scripts too: of a server that serves nobody else. */
export async function countCommands(redis: Pick<Redis, 'info'>): Promise<number> {
  const text = await redis.info('commandstats');
  return [...text.matchAll(/calls=(\d+)/g)].reduce((sum, [, calls]) => sum + Number(calls), 0);
}
