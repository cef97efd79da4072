import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Where private servers keep their data, with a guard: a small shell process that ends the servers (and removes
 * the folder, if it is a temporary one) when this process ends in whatever way, kill -9 included.
 */
export interface ServerFolder {
  readonly path: string;
  readonly temporary: boolean;
  /** From now on the guard ends this process when ours ends. */
  watch(pid: number): void;
  /** The process has ended: its id may be another's soon. */
  unwatch(pid: number): void;
  /** Ends what still runs; removes the folder if it is temporary. */
  close(options?: { readonly keep?: boolean }): Promise<void>;
}

const GUARD = fileURLToPath(new URL('./guard.sh', import.meta.url));

/** With `path`, a lasting folder (made if missing); without, a temporary one. */
export async function openServerFolder({ path }: { readonly path?: string } = {}): Promise<ServerFolder> {
  const folder = path === undefined ? await makeTemporaryFolder() : resolve(path);
  await mkdir(folder, { recursive: true });
  const temporary = path === undefined;
  const guard = startGuard(temporary ? folder : '');
  return { path: folder, temporary, ...guard };
}

async function makeTemporaryFolder(): Promise<string> {
  return mkdtemp(join(await realpath(tmpdir()), 'postrider-'));
}

function startGuard(temporaryFolder: string): Pick<ServerFolder, 'watch' | 'unwatch' | 'close'> {
  // A session of its own, so that Ctrl-C in the terminal reaches only us, and the guard sees to the rest.
  const child = spawn('sh', [GUARD, temporaryFolder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  });
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  // Neither keeps our process alive.
  child.unref();
  (child.stdin as unknown as { unref?: () => void }).unref?.();

  const running = new Set<number>();
  const tell = () => void child.stdin.write(`${[...running].join(' ')}\n`);
  return {
    watch(pid) {
      running.add(pid);
      tell();
    },
    unwatch(pid) {
      running.delete(pid);
      tell();
    },
    async close({ keep = false } = {}) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.ref();
      if (keep) child.kill('SIGKILL');
      else child.stdin.end();
      await ended;
    },
  };
}
