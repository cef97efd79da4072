import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import type { ServerFolder } from '#libs/localServers/serverFolder.ts';

export interface ProcessOptions {
  readonly name: string;
  /** Of Node; asked for at each start. */
  readonly args: () => readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly logPath: string;
  readonly folder: ServerFolder;
  /** What the process sends, if it is one of ours that does. */
  readonly onMessage?: (message: unknown) => void;
}

type EndSignal = 'SIGKILL' | 'SIGTERM';

/** A Node process that can be killed, paused and started again under the same name. */
export class ManagedProcess {
  readonly #options: ProcessOptions;
  #child: ChildProcess | null = null;
  #isMeantToRun = false;
  #restarting: Promise<void> | null = null;
  /** Ends that nobody asked for: each is a fault of the process itself. */
  readonly ownEnds: string[] = [];

  constructor(options: ProcessOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(): void {
    const { name, args, environment, logPath, folder, onMessage } = this.#options;
    const log = openSync(logPath, 'a');
    const child = spawn(process.execPath, args(), {
      stdio: ['ignore', log, log, ...(onMessage ? ['ipc' as const] : [])],
      env: { ...environment },
      // Ctrl-C in the terminal is ours to handle.
      detached: true,
    });
    closeSync(log);
    this.#child = child;
    this.#isMeantToRun = true;
    const { pid } = child;
    if (pid === undefined) throw new Error(`${name} could not be started.`);
    folder.watch(pid);
    child.on('error', () => {});
    if (onMessage) child.on('message', onMessage);
    child.once('exit', (code, signal) => {
      folder.unwatch(pid);
      if (this.#child === child && this.#isMeantToRun)
        this.ownEnds.push(`${name} ended by itself: ${signal ?? code}`);
    });
  }

  /** Of a process that ends by itself when its work is done. */
  async ended(): Promise<void> {
    const child = this.#child;
    this.#isMeantToRun = false;
    if (child && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    if (child?.exitCode !== 0) throw new Error(`${this.name} failed: see ${this.#options.logPath}.`);
  }

  /**
   * Ends it and starts it anew: SIGKILL or SIGTERM. Whoever asks for it while it ends gets the same new process, since
   * a second one would find the first one's port taken.
   */
  restart(signal: EndSignal): Promise<void> {
    const ended = this.#end(signal);
    this.#restarting ??= ended
      .then(() => this.start())
      .finally(() => {
        this.#restarting = null;
      });
    return this.#restarting;
  }

  /** kill -9, for good. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** SIGTERM; resolves to its exit code. */
  stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  /** SIGSTOP; returns what lets this very process go on, if it still lives then. */
  pause(): () => void {
    const child = this.#child;
    child?.kill('SIGSTOP');
    return () => void child?.kill('SIGCONT');
  }

  async #end(signal: EndSignal): Promise<number | null> {
    const child = this.#child;
    this.#isMeantToRun = false;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = once(child, 'exit');
    child.kill(signal);
    const [code] = (await ended) as [number | null];
    return code;
  }
}
