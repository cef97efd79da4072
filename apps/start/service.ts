import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Guard } from '#libs/localServers/guard.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** One of Postrider's own processes. */
export interface Service {
  readonly name: string;
  /** Its exit code (null after a signal) when it has ended, for whatever reason. */
  readonly ended: Promise<number | null>;
  /** Orderly; by force after the deadline. */
  stop(): Promise<void>;
}

/** Beyond a service's own deadline for its shutdown. */
const FORCE_AFTER_MS = 30_000;

export interface ServiceParts {
  readonly name: 'api' | 'worker';
  readonly environment: Environment;
  readonly guard: Guard;
  /** Takes the fields of its log line "Ready". */
  readonly onReady: (fields: Readonly<Record<string, unknown>>) => void;
}

/** Starts `apps/<name>/main.ts`; its log lines go to our standard output. */
export function startService({ name, environment, guard, onReady }: ServiceParts): Service {
  const child = spawn(process.execPath, [mainOf(name)], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
    // A session of its own: Ctrl-C reaches only us, and we stop it in order.
    detached: true,
  });
  const { pid } = child;
  if (pid !== undefined) guard.watch(pid);
  const ended = once(child, 'exit').then(([code]) => {
    if (pid !== undefined) guard.unwatch(pid);
    return code as number | null;
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    process.stdout.write(`${line}\n`);
    const fields = parseLine(line);
    if (fields.message === 'Ready') onReady(fields);
  });
  return { name, ended, stop: () => stop(child, ended) };
}

/** Runs `apps/<name>/main.ts` to its end; true when it ended well. */
export async function runToEnd(name: string, environment: Environment): Promise<boolean> {
  const child = spawn(process.execPath, [mainOf(name)], { env: environment, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  return code === 0;
}

function mainOf(name: string): string {
  return fileURLToPath(new URL(`../${name}/main.ts`, import.meta.url));
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), FORCE_AFTER_MS);
  await ended;
  clearTimeout(force);
}

function parseLine(line: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(line)) as Record<string, unknown>;
  } catch {
    return {};
  }
}
