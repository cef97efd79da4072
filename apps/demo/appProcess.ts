import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ServerFolder } from '#libs/localServers/serverFolder.ts';
import { DemoFailure } from './demoFailure.ts';
import { type LogFields, readLog } from './processLog.ts';

/** One of Postrider's own processes. Its log is a file in the folder. */
export interface AppProcess {
  readonly name: string;
  /** The fields of its log line "Ready". */
  ready(signal: AbortSignal): Promise<LogFields>;
  /** Orderly; by force when that takes longer than the process itself allows it to. */
  stop(): Promise<void>;
}

const READY_DEADLINE_MS = 30_000;
const POLL_INTERVAL_MS = 50;
/** A process ends by itself within this. */
export const SHUTDOWN_TIMEOUT_MS = 5_000;
const FORCE_AFTER_MS = SHUTDOWN_TIMEOUT_MS + 2_000;

/** Starts `apps/<app>/main.ts`. `onFailure` hears of its end, unless it was asked to stop. */
export function startApp(parts: {
  readonly app: 'api' | 'worker';
  readonly name: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly folder: ServerFolder;
  readonly onFailure: (failure: DemoFailure) => void;
}): AppProcess {
  const { app, name, environment, folder, onFailure } = parts;
  const logPath = join(folder.path, `${name.toLowerCase().replaceAll(' ', '-')}.log`);
  const log = openSync(logPath, 'a');
  const child = spawn(process.execPath, [fileURLToPath(new URL(`../${app}/main.ts`, import.meta.url))], {
    env: environment,
    stdio: ['ignore', log, log],
    // A session of its own: Ctrl-C in the terminal reaches only us, and we stop it in order.
    detached: true,
  });
  closeSync(log);
  let stopping = false;
  child.once('error', (error) => onFailure(new DemoFailure(`${name} can't be started: ${error.message}`)));
  child.once('exit', (code, signal) => {
    if (child.pid !== undefined) folder.unwatch(child.pid);
    if (!stopping)
      onFailure(new DemoFailure(`${name} has ended by itself (${signal ?? `exit code ${code}`}).`));
  });
  if (child.pid !== undefined) folder.watch(child.pid);
  return {
    name,
    ready: (signal) => untilReady(name, logPath, signal),
    async stop() {
      stopping = true;
      await stop(child);
    },
  };
}

async function untilReady(name: string, logPath: string, signal: AbortSignal): Promise<LogFields> {
  const deadline = performance.now() + READY_DEADLINE_MS;
  while (performance.now() < deadline) {
    const ready = (await readLog(logPath)).find(({ message }) => message === 'Ready');
    if (ready) return ready;
    await sleep(POLL_INTERVAL_MS, undefined, { signal });
  }
  throw new DemoFailure(`${name} was not ready within ${READY_DEADLINE_MS} ms.`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), FORCE_AFTER_MS);
  await ended;
  clearTimeout(force);
}
