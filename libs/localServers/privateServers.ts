import { ensureProgram, type Search } from './ensurePrograms.ts';
import { programVersion } from './findProgram.ts';
import { type MariadbOptions, type MariadbServer, startMariadb } from './mariadbServer.ts';
import { type RedisOptions, type RedisServer, startRedis } from './redisServer.ts';
import { timed } from './timed.ts';

/** redis-server as our child; installed first where it is missing. */
export async function startPrivateRedis(
  options: Search & Omit<RedisOptions, 'program'>,
): Promise<RedisServer> {
  const { report } = options;
  const program = await ensureProgram('redis-server', options);
  const name = `redis-server ${await programVersion(program)}`;
  return timed(report, name, () => startRedis({ ...options, program }), readyOnPort);
}

/** mariadbd as our child; installed first where it is missing. */
export async function startPrivateMariadb(
  options: Search & Omit<MariadbOptions, 'program'>,
): Promise<MariadbServer> {
  const { report } = options;
  const program = await ensureProgram('mariadbd', options);
  const name = `mariadbd ${await programVersion(program)}`;
  return timed(report, name, () => startMariadb({ ...options, program }), readyOnPort);
}

function readyOnPort({ port }: { readonly port: number }): string {
  return `ready on port ${port}`;
}
