import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** A library as others get it: built, packed, and installed in a project of theirs. */
export interface InstalledPackage {
  /** The project's folder, below our own, so that the packages that a consumer has are found. */
  readonly project: string;
  readonly manifest: Manifest;
  /** What was packed, by path. */
  readonly files: readonly string[];
  /** Rejects, with what TypeScript says in `stdout`, when the types are wrong. */
  compile(code: string): Promise<unknown>;
  /** Puts a program into the project. Returns its path. */
  write(title: string, code: string): Promise<string>;
  remove(): Promise<void>;
}

interface Manifest {
  readonly version: string;
  readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const CONSUMER = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node'];

const run = promisify(execFile);

export async function installPackage(name: 'publisher' | 'receiver'): Promise<InstalledPackage> {
  const source = join(ROOT, 'libs', name);
  await mkdir(join(ROOT, '.cache'), { recursive: true });
  const project = await mkdtemp(join(ROOT, `.cache/${name}-`));
  const built = join(project, 'built');
  await run(process.execPath, [TSC, '--project', source, '--outDir', join(built, 'dist')]);
  for (const file of ['package.json', 'README.md']) await cp(join(source, file), join(built, file));
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts'], { cwd: built });
  const [packed] = Object.values<{ filename: string; files: { path: string }[] }>(JSON.parse(stdout));
  const installed = join(project, 'node_modules/@postrider', name);
  await mkdir(installed, { recursive: true });
  const archive = join(built, packed?.filename ?? '');
  await run('tar', ['--extract', '--file', archive, '--directory', installed, '--strip-components', '1']);

  const write = async (file: string, code: string) => {
    const path = join(project, file);
    await writeFile(path, code);
    return path;
  };
  return {
    project,
    manifest: JSON.parse(await readFile(join(source, 'package.json'), 'utf8')),
    files: packed?.files.map(({ path }) => path) ?? [],
    async compile(code) {
      const path = await write('typed.mts', code);
      return run(process.execPath, [TSC, ...CONSUMER, '--ignoreConfig', '--skipLibCheck', path]);
    },
    write: (title, code) => write(`${title.replaceAll(/\W/g, '')}.mjs`, code),
    remove: () => rm(project, { recursive: true }),
  };
}

/** What is wrong with it as a package of this version: nothing but what it exports belongs there, and all of that. */
export async function packingProblems({ manifest, files }: InstalledPackage): Promise<string[]> {
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const exported = Object.values(manifest.exports).flatMap((each) => Object.values(each));
  const wanted = ['README.md', 'package.json', ...exported.map((path) => path.slice('./'.length))];
  const isStray = (path: string) => /test|\.ts$/.test(path) && !path.endsWith('.d.ts');
  return [
    ...wanted.filter((path) => !files.includes(path)).map((path) => `${path} is missing`),
    ...files.filter(isStray).map((path) => `${path} does not belong there`),
    ...(manifest.version === version ? [] : [`its version is ${manifest.version}, not ${version}`]),
  ];
}

export interface ReadmeProgram {
  readonly title: string;
  readonly code: string;
}

/** The first program of each section of its README. */
export async function readmePrograms(name: 'publisher' | 'receiver'): Promise<ReadmeProgram[]> {
  const readme = await readFile(join(ROOT, 'libs', name, 'README.md'), 'utf8');
  const programs = readme.matchAll(/^## (.+)\n(?:(?!^## |^```js)[\s\S])*^```js\n([\s\S]*?)^```/gm);
  return [...programs].map(([, title = '', code = '']) => ({ title, code }));
}
