import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureProgram } from '#libs/localServers/ensurePrograms.ts';
import { onPort } from '#libs/localServers/freePort.ts';
import { answersPing } from '#libs/localServers/redisServer.ts';
import type { ServerFolder } from '#libs/localServers/serverFolder.ts';
import { type ServerProcess, startProcess } from '#libs/localServers/serverProcess.ts';

export interface SentinelOptions {
  readonly folder: ServerFolder;
  /** Of the master and its replicas together, for those who ask. */
  readonly name: string;
  readonly masterPort: number;
}

/** A real Sentinel, alone, so that its own word is enough for a failover. */
export async function startSentinel({ folder, name, masterPort }: SentinelOptions): Promise<ServerProcess> {
  const program = await ensureProgram('redis-server', {
    searchPath: process.env.PATH ?? '',
    report: () => {},
  });
  const dataFolder = join(folder.path, 'sentinel');
  const configFile = join(dataFolder, 'sentinel.conf');
  await mkdir(dataFolder, { recursive: true });
  return onPort(undefined, async (port) => {
    // It keeps what it learns in this file.
    await writeFile(
      configFile,
      [
        `port ${port}`,
        'bind 127.0.0.1',
        `sentinel monitor ${name} 127.0.0.1 ${masterPort} 1`,
        `sentinel down-after-milliseconds ${name} 2000`,
        `sentinel failover-timeout ${name} 10000`,
      ].join('\n'),
    );
    const args = [configFile, '--sentinel'];
    const isReady = () => answersPing(port);
    return startProcess({ name: 'redis-sentinel', program, args, port, folder, dataFolder, isReady });
  });
}
