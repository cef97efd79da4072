import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * `npm test`: lint, then Jest with the arguments given, then `N passed, N failed` from Jest's own results as the last
 * line. Jest runs even if lint has found something, so that one run tells everything. Tests that measure time run
 * after the others, a file at a time; a file of them that fails is measured once more, since another program may have
 * had the machine. Both results are printed, and the second one counts.
 */
const LINT = ['scripts/lint.ts'];
const JEST = ['node_modules/jest/bin/jest.js', '--passWithNoTests'];
// The option takes all words up to the next option.
const TOGETHER = ['--selectProjects', 'together', '--maxWorkers=3'];
const TIMED = ['--selectProjects', 'timed', '--runInBand'];

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
  readonly testResults: readonly FileResult[];
}

interface FileResult {
  /** Its path. */
  readonly name: string;
  readonly status: string;
  readonly assertionResults: readonly { readonly status: string }[];
}

/** What a run left that could not even begin, or was ended from outside. */
const NO_RESULT: JestResult = {
  numPassedTests: 0,
  numFailedTests: 1,
  numRuntimeErrorTestSuites: 0,
  testResults: [],
};

async function runJest(args: readonly string[]): Promise<{ code: number; result: JestResult }> {
  const folder = await mkdtemp(join(tmpdir(), 'postrider-result-'));
  const resultPath = join(folder, 'result.json');
  const code = await runNode([...JEST, ...args, '--json', '--outputFile', resultPath]);
  const text = await readFile(resultPath, 'utf8').catch(() => null);
  await rm(folder, { recursive: true });
  return { code, result: text === null ? NO_RESULT : (JSON.parse(text) as JestResult) };
}

interface Outcome {
  readonly passed: number;
  /** A file that could not run at all counts as a failed test. */
  readonly failed: number;
  readonly code: number;
}

/** A file whose tests passed but that could not begin or end is run again: on a busy machine, sockets close late. */
function runTogether(args: readonly string[]): Promise<Outcome> {
  const wasCutShort = ({ status, assertionResults }: FileResult) =>
    status === 'failed' && !assertionResults.some((test) => test.status === 'failed');
  return runTwice([...TOGETHER, ...args], [...TOGETHER, '--runTestsByPath'], wasCutShort);
}

function runTimed(args: readonly string[]): Promise<Outcome> {
  const hasFailed = ({ status }: FileResult) => status === 'failed';
  return runTwice([...TIMED, ...args], [...TIMED, '--runTestsByPath'], hasFailed);
}

/** Of a file that is run again, only the second result counts. */
async function runTwice(
  first: readonly string[],
  second: readonly string[],
  isAgain: (file: FileResult) => boolean,
): Promise<Outcome> {
  const { code, result } = await runJest(first);
  const again = result.testResults.filter(isAgain);
  if (again.length === 0 || code > SIGNALLED) {
    return { passed: result.numPassedTests, failed: failures(result), code };
  }
  const paths = again.map(({ name }) => name);
  process.stdout.write(`Run again:\n${paths.map((path) => `  ${path}\n`).join('')}`);
  const repeated = await runJest([...second, ...paths]);
  const others = result.testResults.filter((file) => !again.includes(file));
  const failed = count(others, 'failed') + failures(repeated.result);
  return {
    passed: count(others, 'passed') + repeated.result.numPassedTests,
    failed,
    code: failed > 0 ? 1 : repeated.code,
  };
}

function count(files: readonly FileResult[], status: string): number {
  return files.flatMap(({ assertionResults }) => assertionResults).filter((test) => test.status === status)
    .length;
}

function failures({ numFailedTests, numRuntimeErrorTestSuites }: JestResult): number {
  return numFailedTests + numRuntimeErrorTestSuites;
}

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const lintCode = await runNode(LINT);
  if (lintCode > SIGNALLED) return lintCode;
  const together = await runTogether(args);
  if (together.code > SIGNALLED) return together.code;
  const timed = await runTimed(args);
  if (lintCode !== 0) process.stdout.write('npm run lint failed: see above.\n');
  process.stdout.write(
    `${together.passed + timed.passed} passed, ${together.failed + timed.failed} failed\n`,
  );
  return together.code || timed.code || lintCode;
}

process.exitCode = await main();
