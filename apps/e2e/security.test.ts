import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const ROOT = new URL('../../', import.meta.url);
const text = readFileSync(new URL('SECURITY.md', ROOT), 'utf8');
const rows = [...text.matchAll(/^\| (?!Against|-)([^|]+) \|([^|]+)\| ([^|]+) \|$/gm)];

/** `path/of/test.ts`: words of a test's name (left out: all tests of the file). */
const references = rows.flatMap(([, against = '', , tests = '']) => {
  return tests
    .split('; ')
    .map((test) => ({ against, ...(/^`([^`]+)`(?:: (.+))?$/.exec(test.trim()) ?? {}) }));
});

describe('SECURITY.md', () => {
  it('names a test in each line', () => {
    expect(rows.length).toBeGreaterThan(25);
    for (const reference of references)
      expect(reference).toMatchObject({ 1: expect.stringMatching(/test\.ts$/) });
  });

  it.each(references)('what it says against "$against" is in its test', (reference) => {
    const { 1: path = '', 2: name = '' } = reference as Record<number, string | undefined>;
    // The names are written with either kind of apostrophe.
    const source = readFileSync(new URL(path, ROOT), 'utf8').replaceAll('’', "'");
    expect(source).toContain(name.replaceAll('’', "'"));
  });
});
