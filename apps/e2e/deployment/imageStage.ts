import { existsSync } from 'node:fs';
import { dirname, join, matchesGlob } from 'node:path';
import { ROOT, readJson, readText } from './files.ts';

/** What is imported from elsewhere than a type, and the files that are read from beside a module. */
const IMPORTS = /^(?:import|export) (?!type )[^'"]*?from '([^']+)'|\bimport\('([^']+)'\)|^import '([^']+)'/gm;
const FILES = /new URL\('(\.[^']+)', import\.meta\.url\)/g;

interface ImageStage {
  /** The paths of the project that it copies. */
  readonly sources: readonly string[];
  /** Whether the stage gets that path of the project: it is copied, and docker/Dockerfile.dockerignore lets it. */
  has(path: string): boolean;
  /** What the module and all that it imports need, and the stage does not have: files and packages. */
  missingFor(module: string): Promise<string[]>;
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** A stage of docker/Dockerfile, the last one for "". `alsoIgnored`: as if these lines were in its .dockerignore. */
export async function readStage(name: string, alsoIgnored: readonly string[] = []): Promise<ImageStage> {
  const ignored = (await readText('docker/Dockerfile.dockerignore'))
    .split('\n')
    .concat(alsoIgnored)
    .filter((line) => line !== '' && !line.startsWith('#'));
  const { dependencies, devDependencies } = await readJson<Manifest>('package.json');
  const packages = name === '' ? dependencies : { ...dependencies, ...devDependencies };
  const sources = sourcesOf(await readText('docker/Dockerfile'), name);
  const has = (path: string) =>
    existsSync(ROOT + path) && isBelow(path, sources) && !isIgnored(path, ignored);

  async function follow(path: string, seen: Set<string>): Promise<string[]> {
    if (seen.has(path)) return [];
    seen.add(path);
    if (!has(path)) return [path];
    if (!/\.tsx?$/.test(path)) return [];
    const text = await readText(path);
    const specifiers = [...text.matchAll(IMPORTS)].map(([, ...groups]) => groups.find(Boolean) ?? '');
    const beside = [...text.matchAll(FILES)].map(([, file = '']) => file);
    const needed = [...specifiers, ...beside].filter((specifier) => !specifier.startsWith('node:'));
    const missing = await Promise.all(
      needed.map((specifier) => {
        if (specifier.startsWith('#libs/')) return follow(specifier.slice(1), seen);
        if (specifier.startsWith('.')) return follow(join(dirname(path), specifier), seen);
        return packageOf(specifier) in packages ? [] : [specifier];
      }),
    );
    return missing.flat();
  }
  return { sources, has, missingFor: (module) => follow(module, new Set()) };
}

/** What a stage copies out of the project, as it is written. */
function sourcesOf(dockerfile: string, name: string): string[] {
  const stages = dockerfile.split(/^FROM /m).slice(1);
  const stage = stages.find((text) => (/^\S+ AS (\S+)/.exec(text)?.[1] ?? '') === name) ?? '';
  return [...stage.matchAll(/^COPY (?!--from=)(.*) \S+$/gm)].flatMap(([, paths = '']) => paths.split(' '));
}

/** The path itself, and the folders that it is in. */
function levelsOf(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

const isBelow = (path: string, sources: readonly string[]) =>
  levelsOf(path).some((level) => sources.includes(level));

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** As Docker reads it: the last line that speaks of the path, or of a folder that it is in, decides. */
function isIgnored(path: string, lines: readonly string[]): boolean {
  const levels = levelsOf(path);
  const last = lines.findLast((line) => levels.some((level) => matchesGlob(level, line.replace(/^!/, ''))));
  return last !== undefined && !last.startsWith('!');
}
