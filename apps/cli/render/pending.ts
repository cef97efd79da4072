import type { Statistics, Webhook } from '#libs/apiClient/answers.ts';
import { ago, count, until } from '#libs/apiClient/format.ts';
import { renderTable } from './table.ts';

export interface Waiting {
  readonly webhook: Webhook;
  readonly statistics: Statistics;
}

/** What waits, the most first, and why. Pure. */
export function renderPending(all: readonly Waiting[], now: number): string {
  const total = all.reduce((sum, { statistics }) => sum + statistics.pending, 0);
  if (total === 0) return 'Nothing waits.';
  const rows = all
    .filter(({ statistics }) => statistics.pending > 0)
    .toSorted((a, b) => b.statistics.pending - a.statistics.pending);
  const table = renderTable<Waiting>(
    [
      { title: 'WEBHOOK', value: ({ webhook }) => String(webhook.id), isRight: true },
      { title: 'TYPE', value: ({ webhook }) => webhook.type },
      { title: 'STATUS', value: ({ webhook }) => webhook.status },
      { title: 'EVENTS', value: ({ statistics }) => count(statistics.pending), isRight: true },
      { title: 'OLDEST', value: ({ statistics }) => orNone(statistics.oldestPending, (at) => ago(at, now)) },
      { title: 'NEXT TRY', value: ({ statistics }) => orNone(statistics.nextTry, (at) => until(at, now)) },
      { title: 'LAST ERROR', value: ({ statistics }) => orNone(statistics.lastError, String) },
    ],
    rows,
  );
  return `${table}\n${count(total)} in all`;
}

function orNone(value: string | null, show: (value: string) => string): string {
  return value === null ? '-' : show(value);
}
