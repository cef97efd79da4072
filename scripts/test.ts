import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * `npm test`: lint, then Jest with the arguments given, then `N passed, N failed` from Jest's own result as the last
 * line. Jest runs even if lint has found something, so that one run tells everything.
 */
const LINT = ['scripts/lint.ts'];
const JEST = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
];

/** What a shell adds to a signal's number, as the exit code of what the signal ended. */
const SIGNALLED = 128;

/** Runs Node to its end, also when we are told to stop: the signal is passed on. */
async function runNode(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  const passOn = (signal: NodeJS.Signals) => void child.kill(signal);
  process.on('SIGINT', passOn).on('SIGTERM', passOn);
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  process.off('SIGINT', passOn).off('SIGTERM', passOn);
  return signal === null ? (code ?? 1) : SIGNALLED + constants.signals[signal];
}

interface JestResult {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

/** A file that could not run at all counts as a failed test, and so does a run that left no result. */
async function totals(resultPath: string): Promise<string> {
  const text = await readFile(resultPath, 'utf8').catch(() => null);
  if (text === null) return '0 passed, 1 failed';
  const result = JSON.parse(text) as JestResult;
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  return `${result.numPassedTests} passed, ${failed} failed`;
}

async function main(): Promise<number> {
  const lintCode = await runNode(LINT);
  if (lintCode > SIGNALLED) return lintCode;
  const folder = await mkdtemp(join(tmpdir(), 'postrider-result-'));
  const resultPath = join(folder, 'result.json');
  const jestCode = await runNode([...JEST, '--json', '--outputFile', resultPath, ...process.argv.slice(2)]);
  const line = await totals(resultPath);
  await rm(folder, { recursive: true });
  if (lintCode !== 0) process.stdout.write('npm run lint failed: see above.\n');
  process.stdout.write(`${line}\n`);
  return jestCode || lintCode;
}

process.exitCode = await main();
