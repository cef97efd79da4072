import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** A command of a page, and the JSON that the page says it prints (null where it says nothing). */
export interface Example {
  readonly command: string;
  readonly prints: unknown;
}

const BLOCKS = /```sh\n([\s\S]*?)```(?:\n\n```json\n([\s\S]*?)```)?/g;
const SEPARATOR = '\u001e';

export function readExamples(page: string): Example[] {
  return [...page.matchAll(BLOCKS)].map(([, command = '', json]) => {
    return { command, prints: json === undefined ? null : withoutTimes(JSON.parse(json)) };
  });
}

/** Runs them one after another in one shell, which ends at the first that fails; returns what each printed. */
export async function runCommands(commands: readonly string[], cwd: string): Promise<string[]> {
  const script = commands.map((command) => `${command}\nprintf '${SEPARATOR}'\n`).join('');
  const shell = spawn('sh', ['-euc', script], { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  const printed = (await text(shell.stdout)).split(SEPARATOR);
  return printed.slice(0, -1);
}

/** Times differ from run to run. */
export function withoutTimes(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (name, field) => {
    return ['created', 'modified', 'at'].includes(name) ? '(a time)' : field;
  });
}
