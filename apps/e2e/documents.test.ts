import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { KeyLayout } from '#libs/backlog/keys.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const readText = (path: string) => readFile(join(ROOT, path), 'utf8');
const pages = (await Promise.all(['', 'docs'].map(pagesIn))).flat();

async function pagesIn(folder: string): Promise<string[]> {
  const files = await readdir(join(ROOT, folder));
  return files.filter((file) => file.endsWith('.md')).map((file) => join(folder, file));
}

/** As the web pages that show Markdown make them. */
function anchorsOf(page: string): string[] {
  return [...page.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

async function isThere(from: string, link: string): Promise<boolean> {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? from : relative(ROOT, join(ROOT, dirname(from), path));
  if (!existsSync(join(ROOT, target))) return false;
  return anchor === undefined || anchorsOf(await readText(target)).includes(anchor);
}

describe.each(pages)('%s', (path) => {
  it('leads only to what is there', async () => {
    const links = [...(await readText(path)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    const own = links.filter((link) => !/^[a-z]+:/.test(link));
    const missing = await Promise.all(own.map(async (link) => ((await isThere(path, link)) ? [] : [link])));
    expect(missing.flat()).toEqual([]);
  });
});

describe('ARCHITECTURE.md', () => {
  it('names each script of the backlog', async () => {
    const page = await readText('ARCHITECTURE.md');
    const rows = [...page.matchAll(/^\| `(\w+)` \| /gm)].map(([, name]) => name);
    const scripts = await readdir(join(ROOT, 'libs/backlog/lua'));
    expect(rows.toSorted()).toEqual(scripts.map((file) => file.replace('.lua', '')).toSorted());
  });

  it('names each key of a webhook', async () => {
    const page = await readText('ARCHITECTURE.md');
    const keys = Object.values(new KeyLayout({ prefix: 'postrider', shards: 1 }).of(7));
    const shown = keys.map(
      (key) => `| \`${key.replace('{postrider:shard-0}', '{…}').replace(/7$/, '<id>')}\` |`,
    );
    expect(shown.filter((row) => !page.includes(row))).toEqual([]);
  });

  it('names constants of its limits that are where it says', async () => {
    const page = await readText('ARCHITECTURE.md');
    const rows = [...page.matchAll(/ \| ((?:`[A-Z_]+`, )+)\[`([^`]+)`\]/g)];
    expect(rows.length).toBeGreaterThan(10);
    for (const [, names = '', path = ''] of rows) {
      const source = await readText(path);
      for (const [name] of names.matchAll(/[A-Z_]+/g)) expect(source).toMatch(new RegExp(`const ${name}\\b`));
    }
  });
});
