import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Guard, startGuard } from './guard.ts';

/** Where private servers keep their data, with a guard that ends them when this process ends in whatever way. */
export interface ServerFolder extends Guard {
  readonly path: string;
}

/** Two Redis on the same files would ruin them. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
}

const LOCK_FILE = 'in-use';

/** With `path`, a lasting folder (made if missing) for one process at a time; without, a temporary one. */
export async function openServerFolder({ path }: { readonly path?: string } = {}): Promise<ServerFolder> {
  if (path === undefined) {
    const folder = await mkdtemp(join(await realpath(tmpdir()), 'postrider-'));
    return { path: folder, ...startGuard({ temporaryFolder: folder }) };
  }
  const folder = resolve(path);
  await mkdir(folder, { recursive: true });
  const lockFile = join(folder, LOCK_FILE);
  await removeStaleLock(lockFile);
  const guard = startGuard();
  await guard.lock(lockFile).catch(() => inUse(folder));
  return { path: folder, ...guard };
}

/** The lock names the guard, which lives until the last server of its folder has ended. */
async function removeStaleLock(lockFile: string): Promise<void> {
  const pid = await readFile(lockFile, 'utf8').catch(() => null);
  if (pid === null) return;
  if (await isGuard(pid.trim())) inUse(dirname(lockFile));
  await rm(lockFile, { force: true });
}

function inUse(folder: string): never {
  throw new FolderInUse(
    `The data in ${folder} is in use by another process: stop that one first. ` +
      'If it has just been killed, its servers need up to 10 seconds to end.',
  );
}

/** After a restart of the machine another process may have the number. */
async function isGuard(pid: string): Promise<boolean> {
  if (!/^\d+$/.test(pid)) return false;
  const args = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => listProcess(pid));
  return args.includes('guard.sh');
}

/** Where there is no /proc, as on macOS. */
async function listProcess(pid: string): Promise<string> {
  const listed = await promisify(execFile)('ps', ['-o', 'args=', '-p', pid]).catch(() => null);
  return listed?.stdout ?? '';
}
