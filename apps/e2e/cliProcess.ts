import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { QUICK_START } from '#libs/testing/quickStart.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { type Ended, runProgram } from './runProgram.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = 'apps/cli/main.ts';

/** `npm run postrider -- …` of a person with this environment. Arguments are words with a space between them. */
export class Cli {
  readonly #env: NodeJS.ProcessEnv;

  constructor(settings: Readonly<Record<string, string>>) {
    this.#env = { ...settings, TZ: 'UTC' };
  }

  run(args: string, { input = '' }: { readonly input?: string } = {}): Promise<Ended> {
    return runProgram(process.execPath, [MAIN, ...wordsOf(args)], { cwd: ROOT, env: this.#env, input });
  }

  /** What it prints with `--json`, once it has succeeded. */
  // biome-ignore lint/suspicious/noExplicitAny: a test may look at any field of it.
  async json(args: string, more: { readonly input?: string } = {}): Promise<any> {
    const { code, output, complaints } = await this.run(`${args} --json`, more);
    if (code !== 0) throw new Error(`postrider ${args} ended with ${code}: ${complaints}`);
    return JSON.parse(output);
  }

  /** One that goes on until it is told to end. */
  begin(args: string): RunningCli {
    const child = spawn(process.execPath, [MAIN, ...wordsOf(args)], {
      cwd: ROOT,
      env: { ...QUICK_START, ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new RunningCli(child);
  }
}

export class RunningCli {
  readonly #child: ChildProcess;
  readonly ended: Promise<number | string>;
  output = '';
  complaints = '';

  constructor(child: ChildProcess) {
    this.#child = child;
    this.ended = once(child, 'close').then(([code, signal]) => code ?? signal);
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      this.output += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      this.complaints += text;
    });
  }

  prints(pattern: RegExp): Promise<RegExpExecArray> {
    return waitUntil(() => pattern.exec(this.output), { what: `it prints ${pattern}` });
  }

  complains(pattern: RegExp): Promise<RegExpExecArray> {
    return waitUntil(() => pattern.exec(this.complaints), { what: `it says ${pattern}` });
  }

  /** The cells of a column of its table, without the title. */
  columns(index: number): string[] {
    const lines = this.output.split('\n').slice(1, -1);
    return lines.map((line) => line.trim().split(/ {2,}/)[index] ?? '');
  }

  send(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }
}

function wordsOf(args: string): string[] {
  return args.split(' ').filter((word) => word !== '');
}
