import { existsSync, globSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { SETTINGS } from '#libs/config/settings.ts';
import { type Page, parsePage, ROOT, readPages, readText } from './pages.ts';

const pages = await readPages();
const anchors = new Map(pages.map((page) => [page.path, page.anchors]));
const { scripts } = JSON.parse(await readText('package.json')) as { scripts: Record<string, string> };
const sources = globSync('{apps,libs,scripts,docker,docs}/**/*.*', {
  cwd: ROOT,
  exclude: ['**/node_modules/**'],
});
const fileNames = new Set([...sources.map((path) => basename(path)), 'package.json', '.env.example']);

/** Folders that only a run makes. */
const MADE_BY_RUNNING = ['node_modules/', '.cache/', '.data/'];
const FOLDERS = ['apps/', 'libs/', 'docs/', 'docker/', 'scripts/', '../'];
/** Written for "any name": `x.test.ts`, `*.timed.itest.ts`. */
const PLACEHOLDER = /^x\.|[*<>{}…]/;
/** In capitals, and no setting of Postrider. */
const OTHER_NAMES = ['MYSQL_PASSWORD', 'NODE_EXTRA_CA_CERTS'];
/** Of the command line. */
const OTHER_NAME = /^POSTRIDER_/;

function isThere(page: Page, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  if (file === '') return page.anchors.has(anchor ?? '');
  const target = join(dirname(page.path), file);
  if (!existsSync(join(ROOT, target))) return false;
  return anchor === undefined || (anchors.get(target)?.has(anchor) ?? false);
}

function deadLinks(page: Page): string[] {
  const own = page.links.filter((link) => !/^[a-z]+:/.test(link));
  return own.filter((link) => !isThere(page, link));
}

/** Paths are from the root, or from where the page is; a name without a folder is somewhere. */
function missingFiles({ path, spans }: Page): string[] {
  const named = spans.filter((span) => /^[\w./@-]+$/.test(span) && !PLACEHOLDER.test(span));
  return named.filter((span) => {
    if (MADE_BY_RUNNING.some((folder) => span.startsWith(folder))) return false;
    if (FOLDERS.some((folder) => span.startsWith(folder))) {
      return !existsSync(join(ROOT, span)) && !existsSync(join(ROOT, dirname(path), span));
    }
    return /^[\w-]+(\.\w+)*\.(ts|mjs|lua|yaml|md|sh)$/.test(span) && !fileNames.has(span);
  });
}

function missingScripts({ spans }: Page): string[] {
  const called = spans.flatMap((span) => /^npm run (?:--silent )?([\w:-]+)/.exec(span)?.[1] ?? []);
  return called.filter((name) => !(name in scripts));
}

/** ARCHITECTURE.md and CONTRIBUTING.md name constants in the same letters. */
function unknownSettings({ path, spans }: Page): string[] {
  if (!/^(README|SECURITY|docs\/(?!performance))/.test(path)) return [];
  const known = new Set([...SETTINGS.map(({ name }) => name), ...OTHER_NAMES]);
  const named = spans.flatMap((span) => /^([A-Z]+(?:_[A-Z]+)+)(?:=.*)?$/.exec(span)?.[1] ?? []);
  return named.filter((name) => !known.has(name) && !OTHER_NAME.test(name));
}

describe.each(pages)('$path', (page) => {
  it('leads only to pages, headings and files that are there', () => {
    expect(deadLinks(page)).toEqual([]);
  });

  it('names only files, npm scripts and settings that there are', () => {
    expect({
      files: missingFiles(page),
      scripts: missingScripts(page),
      settings: unknownSettings(page),
    }).toEqual({ files: [], scripts: [], settings: [] });
  });
});

it('a page with mistakes is found out', () => {
  const text = [
    '# Here',
    '[a](#here) [b](#there) [c](nothing.md) [d](configuration.md#none) [e](configuration.md#configuration)',
    '`libs/none/x.ts` `none.lua` `npm run none` `NO_SETTING` `LOG_LEVEL=warn` `*.itest.ts` `pack.ts`',
  ].join('\n\n');
  const page = parsePage('docs/page.md', text);
  expect(deadLinks(page)).toEqual(['#there', 'nothing.md', 'configuration.md#none']);
  expect(missingFiles(page)).toEqual(['libs/none/x.ts', 'none.lua']);
  expect(missingScripts(page)).toEqual(['none']);
  expect(unknownSettings(page)).toEqual(['NO_SETTING']);
});

describe('docs/README.md', () => {
  it('leads to every page of the documentation', async () => {
    const index = pages.find(({ path }) => path === 'docs/README.md');
    const led = new Set(index?.links.map((link) => join('docs', link.split('#')[0] ?? '')));
    const all = pages.map(({ path }) => path).filter((path) => /^docs\/[^/]+\.md$/.test(path));
    expect(all.filter((path) => path !== 'docs/README.md' && !led.has(path))).toEqual([]);
  });
});
