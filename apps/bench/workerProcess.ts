import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** `apps/worker/main.ts` as operators start it. */
export class WorkerProcess {
  readonly #process: ChildProcess;
  readonly #healthPort: number;

  private constructor(process: ChildProcess, healthPort: number) {
    this.#process = process;
    this.#healthPort = healthPort;
  }

  static async start(
    environment: Record<string, string>,
    nodeArgs: readonly string[],
  ): Promise<WorkerProcess> {
    const main = fileURLToPath(new URL('../worker/main.ts', import.meta.url));

    const child = spawn(process.execPath, [...nodeArgs, main], {
      env: environment,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface({ input: child.stdout })) {
      const { message, healthPort } = JSON.parse(line) as { message: string; healthPort?: number };
      if (message === 'Ready' && healthPort) {
        child.stdout.resume();
        return new WorkerProcess(child, healthPort);
      }
    }
    throw new Error('The worker ended before it was ready.');
  }

  cpuSeconds(): Promise<number> {
    return this.#metric('process_cpu_seconds_total');
  }

  residentBytes(): Promise<number> {
    return this.#metric('process_resident_memory_bytes');
  }

  async #metric(name: string): Promise<number> {
    const response = await fetch(`http://127.0.0.1:${this.#healthPort}/metrics`);
    return Number(new RegExp(`^${name} (\\S+)`, 'm').exec(await response.text())?.[1] ?? Number.NaN);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill(signal);
    await ended;
  }
}
