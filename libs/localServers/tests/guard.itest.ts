import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { waitUntil } from '#libs/testing/waitUntil.ts';

const STARTER = fileURLToPath(new URL('./starter.ts', import.meta.url));

it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
  'leaves no server and no data behind when its process ends by %s',
  async (signal) => {
    const starter = spawn(process.execPath, [STARTER], { stdio: ['ignore', 'pipe', 'inherit'] });
    const { redisUrl, databaseUrl, dataFolder } = await firstLine(starter);
    expect(existsSync(dataFolder)).toBe(true);
    expect(await listens(redisUrl)).toBe(true);

    starter.kill(signal);
    await once(starter, 'close');
    await waitUntil(async () => !(await listens(redisUrl)), { what: 'Redis gone' });
    await waitUntil(async () => !(await listens(databaseUrl)), { what: 'MariaDB gone' });
    await waitUntil(() => !existsSync(dataFolder), { what: 'data gone' });
  },
);

interface Started {
  readonly redisUrl: string;
  readonly databaseUrl: string;
  readonly dataFolder: string;
}

async function firstLine(child: ChildProcess): Promise<Started> {
  const [line] = child.stdout ? await once(child.stdout, 'data') : [];
  return JSON.parse(String(line)) as Started;
}

async function listens(url: string): Promise<boolean> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
