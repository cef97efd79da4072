import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { waitUntil } from '#libs/testing/waitUntil.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
/** Set-up and show, on a machine that does other things too. */
const PATIENCE_MS = 90_000;

interface Listed {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

export interface DemoRun {
  /** What it has printed. */
  readonly output: string;
  waitFor(text: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** The processes that it has started and they have, with their command lines. */
  descendants(): Promise<readonly Listed[]>;
  /** Its exit code. */
  readonly ended: Promise<number | null>;
  /** What is in the folder that it has for temporary files. */
  leftFiles(): Promise<string[]>;
  removeFiles(): Promise<void>;
}

/** `npm run demo`, as a process of its own with a folder of its own for temporary files. */
export async function startDemo(settings: Readonly<Record<string, string>> = {}): Promise<DemoRun> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'demo-test-'));
  const { REDIS_URL: _, DATABASE_URL: __, ...environment } = process.env;
  const child = spawn(process.execPath, [MAIN], {
    env: { ...environment, ...settings, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  return {
    get output() {
      return output;
    },
    async waitFor(text) {
      await waitUntil(() => output.includes(text), { what: `"${text}"`, timeoutMs: PATIENCE_MS });
    },
    kill: (signal) => void child.kill(signal),
    descendants: () => descendantsOf(child.pid ?? 0),
    ended: once(child, 'close').then(([code]) => code as number | null),
    leftFiles: () => readdir(folder),
    removeFiles: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Which of them still run. */
export async function stillRunning(processes: readonly Listed[]): Promise<readonly Listed[]> {
  const running = await listProcesses();
  return processes.filter(({ pid, command }) => {
    return running.some((other) => other.pid === pid && other.command === command);
  });
}

async function descendantsOf(pid: number): Promise<Listed[]> {
  const all = await listProcesses();
  const below = (parent: number): Listed[] => {
    return all.filter((one) => one.parent === parent).flatMap((child) => [child, ...below(child.pid)]);
  };
  return below(pid).filter(({ command }) => !command.startsWith('ps '));
}

async function listProcesses(): Promise<Listed[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,args=']);
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return command === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}
