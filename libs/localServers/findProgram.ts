import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Debian keeps mariadbd where only root's PATH looks; Homebrew's folder is on no PATH by default. */
const USUAL_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin'];

/** The first executable file of that name on `searchPath` and in the usual folders, or null. */
export async function findProgram(name: string, searchPath: string): Promise<string | null> {
  const folders = [...searchPath.split(delimiter).filter(Boolean), ...USUAL_FOLDERS];
  for (const folder of folders) {
    const path = join(folder, name);
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return null;
}

/** `… v=7.0.15 …` or `… Ver 10.11.19-MariaDB …` → the number; "?" when the program says it in another way. */
export async function programVersion(path: string): Promise<string> {
  const { stdout } = await run(path, ['--version']);
  return /(?:v=|Ver )(\d+(?:\.\d+)*)/.exec(stdout)?.[1] ?? '?';
}
