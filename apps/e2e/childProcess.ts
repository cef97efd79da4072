import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { QUICK_START } from '#libs/testing/quickStart.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const START_TIMEOUT_MS = 30_000;

export type App = 'api' | 'worker' | 'migrate';

/** A `main.ts` of an app, as operators start it: with nothing in its environment but these settings. */
export class Program {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown[]>;
  #stdout = '';
  #stderr = '';

  constructor(app: App, settings: Readonly<Record<string, string>>) {
    this.#child = spawn(process.execPath, [`apps/${app}/main.ts`], {
      cwd: ROOT,
      env: { ...QUICK_START, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (bytes) => {
      this.#stdout += bytes;
    });
    this.#child.stderr?.on('data', (bytes) => {
      this.#stderr += bytes;
    });
    this.#closed = once(this.#child, 'close');
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Whole lines of standard output so far. */
  get lines(): string[] {
    return this.#stdout.split('\n').slice(0, -1);
  }

  /** The fields of the log line that says so. */
  async logged(message: string): Promise<Record<string, unknown>> {
    const find = () => this.lines.find((line) => line.includes(`"message":"${message}"`));
    const line = await waitUntil(() => find() ?? this.#endedEarly(), {
      what: `the log line "${message}"`,
      timeoutMs: START_TIMEOUT_MS,
    });
    return JSON.parse(line);
  }

  /** Resolves with the exit code, or the signal's name. */
  async ended(): Promise<unknown> {
    const [code, signal] = await this.#closed;
    return code ?? signal;
  }

  /** It goes on running, or stands still, or whatever the signal means to it. */
  send(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<unknown> {
    this.send(signal);
    return this.ended();
  }

  #endedEarly(): false {
    if (this.#child.exitCode === null) return false;
    throw new Error(`It ended with ${this.#child.exitCode}:\n${this.#stdout}${this.#stderr}`);
  }
}
