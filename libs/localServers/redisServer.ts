import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { onPort } from './freePort.ts';
import type { ServerFolder } from './serverFolder.ts';
import { type ServerProcess, startProcess } from './serverProcess.ts';

export interface RedisServer extends ServerProcess {
  readonly url: string;
}

export interface RedisOptions {
  /** Its path. */
  readonly program: string;
  readonly folder: ServerFolder;
  /** The data is in the sub-folder of that name. */
  readonly name?: string;
  /** Left out: a free one. */
  readonly port?: number;
  /** `always` loses no acknowledged write at a power cut; `everysec` may lose the last second. */
  readonly appendfsync?: 'everysec' | 'always';
  /** As Redis writes it, such as `64mb`. Left out: no limit. */
  readonly maxmemory?: string;
  /** Whatever else is to be set, by Redis' names. */
  readonly settings?: Readonly<Record<string, string>>;
}

const PING_TIMEOUT_MS = 1_000;

/** A Redis that keeps what it acknowledged: AOF on, nothing evicted, reachable from this machine only. */
export async function startRedis(options: RedisOptions): Promise<RedisServer> {
  const { program, folder, name = 'redis', appendfsync = 'everysec', maxmemory } = options;
  const dataFolder = join(folder.path, name);
  await mkdir(dataFolder, { recursive: true });
  const settings = {
    bind: '127.0.0.1',
    dir: dataFolder,
    appendonly: 'yes',
    appendfsync,
    save: '',
    'maxmemory-policy': 'noeviction',
    ...(maxmemory === undefined ? {} : { maxmemory }),
    ...options.settings,
  };
  const args = Object.entries(settings).flatMap(([key, value]) => [`--${key}`, value]);
  return onPort(options.port, async (port) => {
    const server = await startProcess({
      name: 'redis-server',
      program,
      args: ['--port', String(port), ...args],
      port,
      folder,
      dataFolder,
      isReady: () => answersPing(port),
    });
    return { ...server, url: `redis://127.0.0.1:${port}/0` };
  });
}

/** False while it does not listen yet, and while it still loads its data. */
export async function answersPing(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  socket.setTimeout(PING_TIMEOUT_MS, () => socket.destroy(new Error('timeout')));
  try {
    await once(socket, 'connect');
    socket.write('PING\r\n');
    const [answer] = await once(socket, 'data');
    return String(answer).startsWith('+PONG');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
