import { describe, expect, it } from '@jest/globals';
import { parsePage, readText } from './pages.ts';

/** Pages that others expect to be of a certain form. */
const read = async (path: string) => parsePage(path, await readText(path));

describe('CHANGELOG.md', () => {
  it('is as Keep a Changelog wants it, the latest first', async () => {
    const { headings } = await read('CHANGELOG.md');
    const titles = (depth: number) => headings.flatMap((one) => (one.depth === depth ? [one.title] : []));
    expect(titles(1)).toEqual(['Changelog']);
    const [first, ...released] = titles(2);
    expect(first).toBe('[Unreleased]');
    for (const title of released) expect(title).toMatch(/^\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}$/);
    expect(released).toEqual(released.toSorted().toReversed());
    const kinds = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'];
    expect(titles(3).filter((title) => !kinds.includes(title))).toEqual([]);
  });
});

describe('the runbook', () => {
  it('says of each alert what it means, what to look at and what to do', async () => {
    const { text } = await read('docs/runbook.md');
    const [, ...alerts] = text.split(/^### (?=Postrider)/m);
    expect(alerts.length).toBeGreaterThan(10);
    for (const alert of alerts) {
      const [section = ''] = alert.split(/^##/m);
      const [title = ''] = section.split('\n');
      const parts = [...section.matchAll(/^- \*\*([\w ]+)\*\*: \S/gm)].map(([, part]) => part);
      expect({ title, parts }).toEqual({ title, parts: ['Means', 'Look at', 'Do'] });
    }
  });
});
