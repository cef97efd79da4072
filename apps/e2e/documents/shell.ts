import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { findProgram } from '#libs/localServers/findProgram.ts';
import { QUICK_START } from '#libs/testing/quickStart.ts';
import type { Met } from './notRun.ts';
import { type Block, ROOT } from './pages.ts';

/** What the documentation may call. Whoever reads it is not asked for more. */
const REAL = ['cat', 'cp', 'curl', 'openssl'];
/** What is only noted, in the place of `npm` and `npx` but for what they run. */
const NOTED = ['docker', 'helm', 'kubectl'];
/** By npm script: the program that is run, with the Node of the test. */
const RUN = { plan: 'apps/plan/main.ts', postrider: 'apps/cli/main.ts' };
const [SEPARATOR, AFTER_WORD] = ['\u001e', '\u001f'];
const NOTE = `{ printf '%s${AFTER_WORD}' "\${0##*/}" "$@"; export -p; printf '${SEPARATOR}'; } >> "$NOTES"`;
/** curl tells the status of each answer where nobody reads. */
const CURLRC = 'write-out = "%{stderr}status=%{http_code}\\n"\n';
/** Not to be in what looks like the project's root: ours alone. */
const NOT_LINKED = ['.git', '.env', '.data', '.cache'];

/** What became of the commands of one block. */
export interface Ran {
  /** Whether each of them succeeded. */
  readonly isDone: boolean;
  readonly printed: string;
  /** Of the answers to its curl commands, in their order. */
  readonly statuses: readonly number[];
  /** What it said on standard error. */
  readonly complaints: string;
}

/** A shell in a folder like the project's root, in which commands may write what they like. */
export class Shell {
  readonly #folder: string;
  readonly #environment: Readonly<Record<string, string>>;

  private constructor(folder: string, environment: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.#environment = environment;
  }

  /** `settings` is what the environment of every command has. */
  static async open(settings: Readonly<Record<string, string>>, searchPath: string): Promise<Shell> {
    const folder = await mkdtemp(join(tmpdir(), 'postrider-shell-'));
    const [root, programs] = [join(folder, 'root'), join(folder, 'programs')];
    await Promise.all([mkdir(root), mkdir(programs)]);
    const names = (await readdir(ROOT)).filter((name) => !NOT_LINKED.includes(name));
    await Promise.all(names.map((name) => symlink(join(ROOT, name), join(root, name))));
    for (const name of REAL) {
      const real = await findProgram(name, searchPath);
      if (real !== null) await symlink(real, join(programs, name));
    }
    const redisCli = await findProgram('redis-cli', searchPath);
    const standIns = {
      ...noted(),
      npm: npm(),
      npx: npx(),
      'redis-cli': `exec "${redisCli}" -u "$REDIS_URL" "$@"`,
    };
    for (const [name, script] of Object.entries(standIns)) {
      await writeFile(join(programs, name), `#!/bin/sh\n${script}\n`);
      await chmod(join(programs, name), 0o755);
    }
    await writeFile(join(folder, '.curlrc'), CURLRC);
    return new Shell(folder, {
      ...QUICK_START,
      ...settings,
      PATH: programs,
      CURL_HOME: folder,
      NOTES: join(folder, 'notes'),
    });
  }

  /** Where commands are typed. */
  get root(): string {
    return join(this.#folder, 'root');
  }

  /** Runs the blocks one after another as one session, which ends with the first command that fails. */
  async run(blocks: readonly Block[]): Promise<Ran[]> {
    const end = `printf '${SEPARATOR}'; printf '${SEPARATOR}' >&2`;
    const shell = spawn('/bin/sh', ['-euc', blocks.map((block) => `${block.text}\n${end}\n`).join('')], {
      cwd: this.root,
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const outputs = await Promise.all([text(shell.stdout), text(shell.stderr)]);
    const [printed = [], complaints = []] = outputs.map((output) => output.split(SEPARATOR));
    return blocks.map((_, index) => {
      const said = complaints[index] ?? '';
      const statuses = [...said.matchAll(/^status=(\d{3})$/gm)].map(([, status]) => Number(status));
      const isDone = index < printed.length - 1;
      return { isDone, printed: printed[index] ?? '', statuses, complaints: said };
    });
  }

  /** The commands that were met and not run. */
  async notRun(): Promise<Met[]> {
    const notes = await readFile(join(this.#folder, 'notes'), 'utf8').catch(() => '');
    const usual = new Set([...Object.keys(this.#environment), 'PWD', 'OLDPWD', 'SHLVL', '_']);
    return notes
      .split(SEPARATOR)
      .slice(0, -1)
      .map((note) => {
        const [program = '', ...args] = note.split(AFTER_WORD);
        const variables = [...(args.pop() ?? '').matchAll(/^(?:export|declare -x) (\w+)/gm)].map(
          ([, name = '']) => name,
        );
        return { program, args, variables: variables.filter((name) => !usual.has(name)) };
      });
  }

  close(): Promise<void> {
    return rm(this.#folder, { recursive: true });
  }
}

function noted(): Record<string, string> {
  return Object.fromEntries(NOTED.map((name) => [name, NOTE]));
}

/** `npm run plan -- ARGUMENTS`. */
function npm(): string {
  const cases = Object.entries(RUN).map(([script, program]) => {
    return `"run ${script}") shift; shift; [ "\${1-}" != -- ] || shift; exec "${process.execPath}" ${program} "$@" ;;`;
  });
  return `case "$1 \${2-}" in\n${cases.join('\n')}\n*) ${NOTE} ;;\nesac`;
}

/** `npx node FILE ARGUMENTS`. */
function npx(): string {
  const endpoint = '"node docs/examples/customer.mjs"';
  return `case "$1 \${2-}" in\n${endpoint}) ${NOTE} ;;\n"node "*) shift; exec "${process.execPath}" "$@" ;;\n*) ${NOTE} ;;\nesac`;
}

/** Of the programs that not every machine has. */
export async function missingPrograms(searchPath: string): Promise<string[]> {
  const names = ['curl', 'redis-cli'];
  const paths = await Promise.all(names.map((name) => findProgram(name, searchPath)));
  return names.filter((_, index) => paths[index] === null);
}
