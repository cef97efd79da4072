import { describe, expect, it } from '@jest/globals';
import { safeJson, safeText, shortened } from './safeText.ts';
import { lineRenderer, renderTable } from './table.ts';

interface Row {
  readonly name: string;
  readonly size: number;
}

const NAME = { title: 'NAME', value: ({ name }: Row) => name };
const SIZE = { title: 'SIZE', value: ({ size }: Row) => String(size), isRight: true };

describe('a table', () => {
  it('has columns as wide as their widest cell, and nothing behind the last', () => {
    const rows = [
      { name: 'an endpoint', size: 5 },
      { name: 'möwe', size: 12_345 },
    ];
    expect(renderTable([NAME, SIZE, NAME], rows).split('\n')).toEqual([
      'NAME          SIZE  NAME',
      'an endpoint      5  an endpoint',
      'möwe         12345  möwe',
    ]);
  });

  it('that grows has the widths that it was given, and breaks none of its cells', () => {
    const { title, line } = lineRenderer([
      { ...NAME, width: 6 },
      { ...SIZE, width: 3 },
    ]);
    expect([title, line({ name: 'a', size: 1 }), line({ name: 'very long', size: 12_345 })]).toEqual([
      'NAME    SIZE',
      'a          1',
      'very long  12345',
    ]);
  });

  it('shows no code of a cell to the terminal', () => {
    const rows = [{ name: 'a\u001b[2Jb\r\nc\u202e', size: 1 }];
    expect(renderTable([NAME], rows)).toBe('NAME\na\\u{1b}[2Jb c\\u{202e}');
  });
});

describe('a text of others', () => {
  // Among them are the tags, beyond the first plane.
  const all = [...Array(0x3000).keys(), 0xe0001].map((code) => String.fromCodePoint(code)).join('');

  it('has no code that a terminal obeys, as text or as JSON', () => {
    expect(safeText(all)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(safeJson(all)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(JSON.parse(safeJson({ all }, 2))).toEqual({ all });
  });

  it.each([
    ['short', 5, 'short'],
    ['too long', 5, 'too …'],
    ['🙂🙂🙂', 2, '🙂…'],
  ])('%s is at most %d characters', (text, most, shown) => expect(shortened(text, most)).toBe(shown));
});
