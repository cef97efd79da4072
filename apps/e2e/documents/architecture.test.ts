import { existsSync, globSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { KeyLayout } from '#libs/backlog/keys.ts';
import { parsePage, ROOT, readText } from './pages.ts';

const page = parsePage('ARCHITECTURE.md', await readText('ARCHITECTURE.md'));
const firstCells = page.tables.flat().map(([cell = '']) => cell);
describe('ARCHITECTURE.md', () => {
  it('tells what each folder of apps and libs is, and has no other', async () => {
    const files = globSync('{apps,libs}/*/*.{ts,html}', { cwd: ROOT });
    const told = firstCells
      .flatMap((cell) => [...cell.matchAll(/`((?:apps|libs)\/\w+)`/g)])
      .map(([, folder]) => folder);
    expect(told.toSorted()).toEqual([...new Set(files.map((file) => dirname(file)))].toSorted());
  });

  it('names each script of the backlog', async () => {
    const files = await readdir(join(ROOT, 'libs/backlog/lua'));
    const told = page.tables
      .find(([head]) => head?.[0] === 'script')
      ?.slice(1)
      .map(([name = '']) => name);
    expect(told?.toSorted()).toEqual(files.map((file) => `\`${file.replace('.lua', '')}\``).toSorted());
  });

  it('names each key of a webhook', () => {
    const keys = Object.values(new KeyLayout({ prefix: 'postrider', shards: 1 }).of(7));
    const shown = keys.map((key) => {
      return `\`${key.replace('{postrider:shard-0}', '{…}').replace(/7$/, '<id>')}\``;
    });
    expect(shown.filter((cell) => !firstCells.includes(cell))).toEqual([]);
  });

  it('names constants of its limits that are where it says', async () => {
    const places = page.tables.flat().flatMap(([, , place = '']) => {
      const [, names = '', path = ''] = /^((?:`[A-Z_]+`, )+)\[`([^`]+)`\]/.exec(place) ?? [];
      return [...names.matchAll(/[A-Z_]+/g)].map(([name]) => ({ name, path }));
    });
    expect(places.length).toBeGreaterThan(10);
    for (const { name, path } of places) {
      expect(await readText(path)).toMatch(new RegExp(`const ${name}\\b`));
    }
  });

  it('tells the way of an event by files that are where it says, step by step', () => {
    const [, way = ''] = page.text.split("\n## One event's way\n");
    const [section = ''] = way.split('\n## ');
    const steps = section.split(/^\*\*\d\. /m).slice(1);
    expect(steps.length).toBe(5);
    for (const step of steps) {
      const files = parsePage('step', step).spans.filter((span) => /^[\w/]+\.(ts|lua)$/.test(span));
      const [folder = ''] = files.map((file) => dirname(file));
      const paths = files.map((file) => (file.includes('/') ? file : join(folder, file)));
      expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    }
  });
});
