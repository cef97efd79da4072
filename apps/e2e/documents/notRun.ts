import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { SETTINGS } from '#libs/config/settings.ts';
import { parseCommand } from '../../apiUser/parseCommand.ts';
import { ROOT } from './pages.ts';

/**
 * Commands of the documentation that its test does not run, each with its reason. What can be looked at is looked at:
 * that the script, the files, the options, the settings and the services that a command names are there.
 */
export const NOT_RUN: Readonly<Record<string, string>> = {
  'npm start': 'the test has a Postrider of its own',
  'npx node docs/examples/customer.mjs': 'the test has an endpoint of its own',
  'npm test': 'this is a part of it',
  'npm run lint': 'npm test begins with it',
  'npm run demo': 'apps/demo/tests runs it',
  'npm run api-user': 'apps/e2e/commands.itest.ts runs it',
  'npm run bench': 'takes minutes',
  'npm run chaos': 'takes minutes; apps/chaos/tests runs a short one',
  'npm run screenshots': 'it writes pictures into docs/console; npm test makes the same pages',
  'npx jest': 'npm test runs it',
  'npx biome': 'it changes files; npm run lint runs its checks',
  docker: 'there may be no engine',
  helm: 'there is no cluster; apps/e2e/deployment renders the chart',
  kubectl: 'there is no cluster',
};

/** A command that was met and not run. */
export interface Met {
  readonly program: string;
  readonly args: readonly string[];
  /** The names of its variables beyond those that all commands have. */
  readonly variables: readonly string[];
}

/** Its name in NOT_RUN. */
export function nameOf({ program, args: [first = '', second = ''] }: Met): string {
  if (program === 'npm') return first === 'run' ? `npm run ${second}` : `npm ${first}`;
  if (program === 'npx') return first === 'node' ? `npx node ${second}` : `npx ${first}`;
  return program;
}

/** What is wrong with it, by all that can be seen without running it, or null. `folder` is where it was typed. */
export function problemOf(met: Met, folder: string): string | null {
  const { program, args, variables } = met;
  const settings = new Set<string>(SETTINGS.map(({ name }) => name));
  const unknown = variables.filter((name) => !settings.has(name));
  if (unknown.length > 0) return `There is no setting ${unknown.join(', ')}.`;
  const missing = args.filter((arg) => OWN_PATH.test(arg) && !existsSync(join(folder, arg)));
  if (missing.length > 0) return `There is no ${missing.join(', ')}.`;
  if (program === 'npm') return npmProblem(args);
  if (program === 'npx' && args[0] !== 'node') return npxProblem(args);
  return program === 'docker' && args[0] === 'compose' ? composeProblem(args, folder) : null;
}

const OWN_PATH = /^(apps|libs|docs|docker|scripts)\//;
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Readonly<Record<string, string>>;
};

function npmProblem(args: readonly string[]): string | null {
  const [script = '', ...more] = args[0] === 'run' ? args.slice(1) : args;
  const command = scripts[script];
  if (command === undefined) return `There is no npm script "${script}".`;
  const options = more.filter((arg) => arg !== '--');
  if (script === 'api-user') {
    const read = parseCommand(options);
    return typeof read === 'string' ? read : null;
  }
  if (!options.some((option) => option.startsWith('-'))) return null;
  // Told of options that it does not know, a program does not help.
  const [, ...words] = command.split(' ');
  const helped = spawnSync(process.execPath, [...words, ...options, '--help'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return helped.status === 0 ? null : helped.stderr;
}

function npxProblem([program = '', ...args]: readonly string[]): string | null {
  if (!existsSync(join(ROOT, 'node_modules/.bin', program))) return `There is no program ${program}.`;
  if (program !== 'jest') return null;
  const tests = globSync('{apps,libs}/**/*test.ts', { cwd: ROOT });
  const unknown = args.filter((pattern) => !tests.some((path) => path.includes(pattern)));
  return unknown.length === 0 ? null : `There is no test ${unknown.join(', ')}.`;
}

interface Compose {
  readonly services: Readonly<Record<string, { readonly profiles?: readonly string[] }>>;
}

function composeProblem(args: readonly string[], folder: string): string | null {
  const after = (option: string) => args.filter((_, index) => args[index - 1] === option);
  const missing = after('--env-file').filter((path) => !existsSync(join(folder, path)));
  if (missing.length > 0) return `There is no ${missing.join(', ')}.`;
  const { services } = parse(readFileSync(join(ROOT, 'docker/compose.yaml'), 'utf8')) as Compose;
  const profiles = Object.values(services).flatMap((service) => service.profiles ?? []);
  const scaled = after('--scale').map((scale) => scale.split('=')[0] ?? '');
  const unknown = [
    ...after('--profile').filter((profile) => !profiles.includes(profile)),
    ...scaled.filter((service) => !(service in services)),
  ];
  return unknown.length === 0 ? null : `docker/compose.yaml has no ${unknown.join(', ')}.`;
}
