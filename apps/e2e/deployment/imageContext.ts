import { existsSync } from 'node:fs';
import { dirname, join, matchesGlob } from 'node:path';
import { ROOT, readJson, readText } from './files.ts';

/** What is imported from elsewhere than a type, and the files that are read from beside a module. */
const IMPORTS = /^(?:import|export) (?!type )[^'"]*?from '([^']+)'|\bimport\('([^']+)'\)|^import '([^']+)'/gm;
const FILES = /new URL\('(\.[^']+)', import\.meta\.url\)/g;

interface ImageContext {
  /** Whether docker/Dockerfile.dockerignore lets that path of the project into the image. */
  has(path: string): boolean;
  /** What the module and all that it imports need, and the image does not have: files, and packages of development. */
  missingFor(module: string): Promise<string[]>;
}

/** `alsoIgnored`: as if these lines were in docker/Dockerfile.dockerignore too. */
export async function readImageContext(alsoIgnored: readonly string[] = []): Promise<ImageContext> {
  const ignored = (await readText('docker/Dockerfile.dockerignore'))
    .split('\n')
    .concat(alsoIgnored)
    .filter((line) => line !== '' && !line.startsWith('#'));
  const { dependencies } = await readJson<{ dependencies: Record<string, string> }>('package.json');
  const has = (path: string) => existsSync(ROOT + path) && !isIgnored(path, ignored);

  async function follow(path: string, seen: Set<string>): Promise<string[]> {
    if (seen.has(path)) return [];
    seen.add(path);
    if (!has(path)) return [path];
    if (!path.endsWith('.ts')) return [];
    const text = await readText(path);
    const specifiers = [...text.matchAll(IMPORTS)].map(([, ...groups]) => groups.find(Boolean) ?? '');
    const beside = [...text.matchAll(FILES)].map(([, file = '']) => file);
    const needed = [...specifiers, ...beside].filter((specifier) => !specifier.startsWith('node:'));
    const missing = await Promise.all(
      needed.map((specifier) => {
        if (specifier.startsWith('#libs/')) return follow(specifier.slice(1), seen);
        if (specifier.startsWith('.')) return follow(join(dirname(path), specifier), seen);
        return packageOf(specifier) in dependencies ? [] : [specifier];
      }),
    );
    return missing.flat();
  }
  return { has, missingFor: (module) => follow(module, new Set()) };
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** As Docker reads it: the last line that speaks of the path, or of a folder that it is in, decides. */
function isIgnored(path: string, lines: readonly string[]): boolean {
  const parts = path.split('/');
  const levels = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  const last = lines.findLast((line) => levels.some((level) => matchesGlob(level, line.replace(/^!/, ''))));
  return last !== undefined && !last.startsWith('!');
}
