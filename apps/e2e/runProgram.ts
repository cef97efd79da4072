import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { QUICK_START } from '#libs/testing/quickStart.ts';

export interface Ended {
  /** The exit code, or the signal that ended it. */
  readonly code: number | string;
  readonly output: string;
  readonly complaints: string;
}

/** A program from its begin to its end, with nothing in its environment but `env`. */
export async function runProgram(
  program: string,
  args: readonly string[],
  {
    cwd,
    env,
    input = '',
  }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly input?: string },
): Promise<Ended> {
  const child = spawn(program, args, { cwd, env: { ...QUICK_START, ...env } });
  child.stdin.end(input);
  const [output, complaints, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code: code ?? signal, output, complaints };
}
