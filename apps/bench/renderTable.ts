import { type Figure, isMet } from './scenario.ts';

/** The results as a Markdown table, as docs/performance.md holds it. */
export function renderTable(results: Readonly<Record<string, readonly Figure[]>>): string {
  const rows = Object.entries(results).flatMap(([scenario, figures]) =>
    figures.map((figure) => {
      const met = isMet(figure);
      const verdict = met === null ? '' : met ? 'met' : 'MISSED';
      return `| ${scenario} | ${figure.name} | ${round(figure.value)} ${figure.unit} | ${goal(figure)} | ${verdict} |`;
    }),
  );
  return ['', '| scenario | figure | measured | goal | |', '|---|---|---|---|---|', ...rows].join('\n');
}

function goal({ goal: wanted }: Figure): string {
  if (!wanted) return '';
  return 'atLeast' in wanted ? `≥ ${wanted.atLeast}` : `≤ ${wanted.atMost}`;
}

function round(value: number): string {
  if (!Number.isFinite(value)) return 'not measured';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
