import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { PROBLEMS } from '../problem.ts';
import { OPERATIONS } from './operations.ts';

const page = await readFile(new URL('../../../docs/api.md', import.meta.url), 'utf8');

it('docs/api.md lists every operation, and no other', () => {
  const listed = [...page.matchAll(/^\| `([A-Z]+ \/\S+)` \|/gm)].map(([, operation]) => operation);
  const existing = OPERATIONS.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  expect(listed.toSorted()).toEqual(existing.toSorted());
});

it('docs/api.md lists every problem, and no other', () => {
  const listed = [...page.matchAll(/^\| `([a-z-]+)` \| (\d{3}) \| (.+) \|$/gm)].map(([row]) => row);
  const existing = Object.entries(PROBLEMS).map(([name, { status, title }]) => {
    return `| \`${name}\` | ${status} | ${title} |`;
  });
  expect(listed).toEqual(existing);
});
