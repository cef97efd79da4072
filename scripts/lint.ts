import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';

/**
 * `npm run lint`: all checks at once, a line each with its time, and the output of those that found something. The
 * checks are package.json's scripts named `lint:…`, which can be run one by one too.
 */
interface Check {
  readonly name: string;
  readonly command: string;
}

const MS_PER_S = 1_000;

async function readChecks(): Promise<Check[]> {
  const manifest = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: Record<string, string> };
  return Object.entries(manifest.scripts)
    .filter(([name]) => name.startsWith('lint:'))
    .map(([name, command]) => ({ name, command }));
}

async function runCheck({ name, command }: Check): Promise<boolean> {
  const start = performance.now();
  const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const collect = (text: string) => {
    output += text;
  };
  child.stdout.setEncoding('utf8').on('data', collect);
  child.stderr.setEncoding('utf8').on('data', collect);
  const [code] = await once(child, 'close');
  const passed = code === 0;
  const seconds = ((performance.now() - start) / MS_PER_S).toFixed(1);
  process.stdout.write(`${passed ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)\n`);
  if (!passed) process.stdout.write(`${output.trimEnd()}\n\n`);
  return passed;
}

/** As many at a time as the machine has cores. */
async function runAll(checks: readonly Check[]): Promise<boolean> {
  const waiting = [...checks];
  let passed = true;
  const runNext = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      passed = (await runCheck(check)) && passed;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, runNext));
  return passed;
}

process.exitCode = (await runAll(await readChecks())) ? 0 : 1;
