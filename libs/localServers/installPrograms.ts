import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { findProgram } from './findProgram.ts';
import { planInstallation } from './planInstallation.ts';
import { type Report, timed } from './timed.ts';

const APT_SCRIPT = fileURLToPath(new URL('./install-apt.sh', import.meta.url));

/** Installs the package that holds a missing program with the system's package manager, and says what it does. */
export async function installProgram(options: {
  readonly missing: 'redis-server' | 'mariadbd';
  readonly searchPath: string;
  readonly report: Report;
}): Promise<void> {
  const { missing, searchPath, report } = options;
  const has = async (name: string) => (await findProgram(name, searchPath)) !== null;
  const { says, command, args } = planInstallation({
    missing,
    aptScript: APT_SCRIPT,
    hasApt: await has('apt-get'),
    hasBrew: await has('brew'),
    isRoot: process.getuid?.() === 0,
    hasSudo: (await has('sudo')) && (await exitCode('sudo', ['-n', 'true'], 'ignore')) === 0,
  });
  report(`${missing} is not installed. ${says}`);
  await timed(
    report,
    'Installation',
    async () => {
      const code = await exitCode(command, args, 'inherit');
      if (code !== 0) throw new Error(`Installing ${missing} failed: ${command} ended with ${code}.`);
    },
    () => 'done',
  );
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
