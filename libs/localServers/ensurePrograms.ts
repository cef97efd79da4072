import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { findProgram } from './findProgram.ts';
import { type LocalProgram, MissingProgramError, planInstallation } from './planInstallation.ts';
import { type Report, timed } from './timed.ts';

const APT_SCRIPT = fileURLToPath(new URL('./install-apt.sh', import.meta.url));

export interface Search {
  /** Where programs are looked for: the PATH. */
  readonly searchPath: string;
  readonly report: Report;
}

/** The program's path; it is installed first where it is missing. */
export async function ensureProgram(name: LocalProgram, search: Search): Promise<string> {
  const find = () => findProgram(name, search.searchPath);
  const found = await find();
  if (found !== null) return found;
  await ensurePrograms([name], search);
  const installed = await find();
  if (installed === null) throw new MissingProgramError(`${name} is still missing after its installation.`);
  return installed;
}

/** Installs, all at once (a package manager runs once at a time), those programs that are missing. */
export async function ensurePrograms(names: readonly LocalProgram[], search: Search): Promise<void> {
  const { searchPath, report } = search;
  const paths = await Promise.all(names.map((name) => findProgram(name, searchPath)));
  const missing = names.filter((_, index) => paths[index] === null);
  if (missing.length === 0) return;
  const { says, command, args } = planInstallation({
    missing,
    aptScript: APT_SCRIPT,
    hasApt: (await findProgram('apt-get', searchPath)) !== null,
    hasBrew: (await findProgram('brew', searchPath)) !== null,
    isRoot: process.getuid?.() === 0,
    hasSudo: await sudoNeedsNoPassword(searchPath),
  });
  report(says);
  const install = async () => {
    const code = await exitCode(command, args, 'inherit');
    if (code !== 0) {
      throw new MissingProgramError(
        `The installation failed (code ${code}): ${[command, ...args].join(' ')}`,
      );
    }
  };
  await timed(report, 'Installation', install, () => 'done');
}

async function sudoNeedsNoPassword(searchPath: string): Promise<boolean> {
  if ((await findProgram('sudo', searchPath)) === null) return false;
  return (await exitCode('sudo', ['-n', 'true'], 'ignore')) === 0;
}

async function exitCode(
  command: string,
  args: readonly string[],
  output: 'ignore' | 'inherit',
): Promise<number | null> {
  const child = spawn(command, args, { stdio: ['ignore', output, output] });
  const [code] = await once(child, 'exit');
  return code;
}
