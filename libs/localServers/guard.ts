import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/**
 * A small shell process that ends our children when this process ends in whatever way, kill -9 included (see
 * guard.sh).
 */
export interface Guard {
  /** From now on the guard ends this process when ours ends. */
  watch(pid: number): void;
  /** The process has ended: its id may be another's soon. */
  unwatch(pid: number): void;
  /** Creates this file, naming the guard; fails if it exists. The guard removes it at the very end. */
  lock(path: string): Promise<void>;
  /** Ends what still runs and removes the temporary folder, if there is one and it is not to be kept. */
  close(options?: { readonly keep?: boolean }): Promise<void>;
}

const SCRIPT = fileURLToPath(new URL('./guard.sh', import.meta.url));

/** The temporary folder is removed at the end, with whatever is in it. */
export function startGuard({ temporaryFolder = '' }: { readonly temporaryFolder?: string } = {}): Guard {
  // A session of its own, so that Ctrl-C in the terminal reaches only us, and the guard sees to the rest.
  const child = spawn('sh', [SCRIPT, temporaryFolder], {
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
    async lock(path) {
      await writeFile(path, `${child.pid}\n`, { flag: 'wx' });
      child.stdin.write(`lock ${path}\n`);
    },
    async close({ keep = false } = {}) {
      if (hasEnded(child)) return;
      const ended = once(child, 'exit');
      child.ref();
      child.stdin.end(keep ? 'keep\n' : '');
      await ended;
    },
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
}
