import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerFolder } from './serverFolder.ts';

/** A server that runs as our private child. Its data stays in its folder: start it again there, on the same port. */
export interface ServerProcess {
  readonly pid: number;
  readonly port: number;
  /** Orderly, and by force when that takes longer than 10 seconds. */
  stop(): Promise<void>;
  /** kill -9, as a crash. */
  kill(): Promise<void>;
}

export interface ServerCommand {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly port: number;
  readonly folder: ServerFolder;
  readonly dataFolder: string;
  /** True once the server answers. */
  isReady(): Promise<boolean>;
}

/** The server ended before it answered, for example because its port was taken meanwhile. */
export class ServerStartError extends Error {
  override readonly name = 'ServerStartError';
}

const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 10_000;
const POLL_INTERVAL_MS = 20;
const LOG_LINES_SHOWN = 15;

export async function startProcess(command: ServerCommand): Promise<ServerProcess> {
  const logPath = join(command.dataFolder, 'server.log');
  const log = openSync(logPath, 'a');
  // A session of its own: Ctrl-C must not end the server before those that use it.
  const child = spawn(command.program, command.args, {
    stdio: ['ignore', log, log],
    detached: true,
    cwd: command.dataFolder,
  });
  closeSync(log);
  const failed = new Promise<never>((_, reject) => child.once('error', reject));
  failed.catch(() => {});
  const { pid } = child;
  if (pid === undefined) return failed;
  child.unref();
  command.folder.watch(pid);
  child.once('exit', () => command.folder.unwatch(pid));

  await untilReady(command, child, logPath);
  return {
    pid,
    port: command.port,
    stop: () => end(child, 'SIGTERM'),
    kill: () => end(child, 'SIGKILL'),
  };
}

async function untilReady(command: ServerCommand, child: ChildProcess, logPath: string): Promise<void> {
  const deadline = Date.now() + START_DEADLINE_MS;
  while (!(await command.isReady())) {
    if (hasEnded(child)) {
      throw new ServerStartError(
        `${command.name} ended while starting. Its log says:\n${lastLines(logPath)}`,
      );
    }
    if (Date.now() > deadline) {
      await end(child, 'SIGKILL');
      throw new ServerStartError(
        `${command.name} did not answer within ${START_DEADLINE_MS} ms. Its log says:\n${lastLines(logPath)}`,
      );
    }
    await sleep(POLL_INTERVAL_MS);
  }
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (hasEnded(child)) return;
  child.ref();
  const ended = once(child, 'exit');
  child.kill(signal);
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
  await ended;
  clearTimeout(force);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function lastLines(path: string): string {
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-LOG_LINES_SHOWN).join('\n');
}
