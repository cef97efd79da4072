import { findProgram, programVersion } from './findProgram.ts';
import { installProgram } from './installPrograms.ts';
import { type MariadbServer, startMariadb } from './mariadbServer.ts';
import { type RedisOptions, type RedisServer, startRedis } from './redisServer.ts';
import type { ServerFolder } from './serverFolder.ts';
import { type Report, timed } from './timed.ts';

export interface PrivateServerOptions {
  readonly folder: ServerFolder;
  /** Where programs are looked for: the PATH. */
  readonly searchPath: string;
  readonly report: Report;
}

/** redis-server as our child; installed first where it is missing. */
export async function startPrivateRedis(
  options: PrivateServerOptions & Omit<RedisOptions, 'program' | 'folder'>,
): Promise<RedisServer> {
  const { searchPath, report, ...rest } = options;
  const program = await findOrInstall('redis-server', options);
  const name = `redis-server ${await programVersion(program)}`;
  return timed(report, name, () => startRedis({ ...rest, program }), readyOnPort);
}

/** mariadbd as our child; installed first where it is missing. */
export async function startPrivateMariadb(
  options: PrivateServerOptions & { readonly name?: string; readonly port?: number },
): Promise<MariadbServer> {
  const { searchPath, report, ...rest } = options;
  const program = await findOrInstall('mariadbd', options);
  const name = `mariadbd ${await programVersion(program)}`;
  return timed(report, name, () => startMariadb({ ...rest, program }), readyOnPort);
}

function readyOnPort({ port }: { readonly port: number }): string {
  return `ready on port ${port}`;
}

async function findOrInstall(
  program: 'redis-server' | 'mariadbd',
  { searchPath, report }: Pick<PrivateServerOptions, 'searchPath' | 'report'>,
): Promise<string> {
  const found = await findProgram(program, searchPath);
  if (found !== null) return found;
  await installProgram({ missing: program, searchPath, report });
  const installed = await findProgram(program, searchPath);
  if (installed === null) throw new Error(`${program} is still missing after its installation.`);
  return installed;
}
