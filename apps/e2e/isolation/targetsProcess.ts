import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Behaviour, TargetsReport } from './targets.ts';

/** targets.ts as a child process. */
export class Targets {
  readonly #child: ChildProcess;
  readonly #port: number;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.#port = port;
  }

  static async start(): Promise<Targets> {
    const path = fileURLToPath(new URL('./targets.ts', import.meta.url));
    const child = fork(path, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
    const [{ port }] = await once(child, 'message');
    return new Targets(child, port);
  }

  url(behaviour: Behaviour, index: number, host = '127.0.0.1'): string {
    return `http://${host}:${this.#port}/${behaviour}/${index}`;
  }

  /** What came since it was asked last. */
  async report(): Promise<TargetsReport> {
    const answer = once(this.#child, 'message');
    this.#child.send('report');
    return (await answer)[0];
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await ended;
  }
}
