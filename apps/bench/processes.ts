import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A child process of the benchmark that is asked things and answers. */
export class Child {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** Resolves with the child and its first message. */
  static async start(file: string, args: readonly string[] = []): Promise<[Child, unknown]> {
    const path = fileURLToPath(new URL(file, import.meta.url));
    const process_ = fork(path, args, {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [first] = await once(process_, 'message');
    return [new Child(process_), first];
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Sends a message, resolves with the next one that comes back. */
  async ask<Answer>(message: object | string): Promise<Answer> {
    const answer = once(this.#process, 'message');
    this.#process.send(message);
    return (await answer)[0] as Answer;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }
}
