import { safeText } from './safeText.ts';

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  /** Numbers. */
  readonly isRight?: boolean;
}

const GAP = '  ';

/** Aligned columns below their titles. Pure. */
export function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = rows.map((row) => columns.map(({ value }) => safeText(value(row))));
  const titles = columns.map(({ title }) => title);
  const widths = columns.map((_, index) => widest([titles, ...cells].map((line) => line[index] ?? '')));
  return [titles, ...cells].map((line) => alignLine(columns, widths, line)).join('\n');
}

/** A table that grows: how wide a column is can not wait for its cells. */
export function lineRenderer<Row>(columns: readonly (Column<Row> & { readonly width: number })[]) {
  const widths = columns.map(({ width, title }) => Math.max(width, title.length));
  return {
    title: alignLine(
      columns,
      widths,
      columns.map(({ title }) => title),
    ),
    line: (row: Row) =>
      alignLine(
        columns,
        widths,
        columns.map(({ value }) => safeText(value(row))),
      ),
  };
}

function alignLine(
  columns: readonly { readonly isRight?: boolean }[],
  widths: readonly number[],
  cells: readonly string[],
): string {
  const padded = cells.map((cell, index) => {
    const missing = ' '.repeat(Math.max(0, (widths[index] ?? 0) - lengthOf(cell)));
    return columns[index]?.isRight ? missing + cell : cell + missing;
  });
  return padded.join(GAP).trimEnd();
}

function widest(cells: readonly string[]): number {
  return Math.max(...cells.map(lengthOf));
}

function lengthOf(text: string): number {
  return [...text].length;
}
