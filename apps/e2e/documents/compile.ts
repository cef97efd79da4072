import { execFile } from 'node:child_process';
import { glob, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Block, ROOT } from './pages.ts';

const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
/** A reader of JavaScript has no types; what is called has. */
const FOR_JAVASCRIPT = {
  allowJs: true,
  checkJs: true,
  strict: false,
  exactOptionalPropertyTypes: false,
};
/** They are strict, and lint compiles them so; here they may be compiled otherwise. */
const IN_OUR_SOURCES = /^\.\.\/.*\n(?: .*\n)*/gm;
const FOR_BOTH = { moduleDetection: 'force', noUnusedLocals: false, noUnusedParameters: false };

/**
 * Compiles blocks of one language, each a module of its own, against the sources of the packages that they import;
 * returns what the compiler complains about in them.
 */
export async function compile(language: 'ts' | 'js', blocks: readonly Block[]): Promise<string> {
  await mkdir(join(ROOT, '.cache'), { recursive: true });
  // Below our own folder, so that they find what they import.
  const folder = await mkdtemp(join(ROOT, '.cache/documents-'));
  try {
    for (const { name, text } of blocks) {
      await writeFile(join(folder, `${name.replaceAll(/[^\w.]/g, '_')}.${language}`), text);
    }
    const compilerOptions = {
      ...FOR_BOTH,
      ...(language === 'js' && FOR_JAVASCRIPT),
      paths: await sourcesOfPackages(),
    };
    const config = { extends: '../../tsconfig.json', compilerOptions, include: ['.'] };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const compiling = promisify(execFile)(process.execPath, [TSC, '--project', '.'], { cwd: folder });
    return await compiling.then(
      () => '',
      ({ stdout }: { stdout: string }) => stdout.replaceAll(IN_OUR_SOURCES, ''),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Of our packages that others install: what their manifests export as compiled, as it is in the tree. */
async function sourcesOfPackages(): Promise<Record<string, string[]>> {
  const paths: Record<string, string[]> = {};
  for await (const path of glob('libs/*/package.json', { cwd: ROOT })) {
    const { name, exports } = JSON.parse(await readFile(join(ROOT, path), 'utf8')) as {
      name: string;
      exports: Record<string, { default: string }>;
    };
    for (const [entry, { default: file }] of Object.entries(exports)) {
      const source = file.replace('./dist/', './').replace(/js$/, 'ts');
      paths[join(name, entry)] = [join(ROOT, path, '..', source)];
    }
  }
  return paths;
}
