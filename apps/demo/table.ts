import type { SampledType } from '#libs/domain/sampleEvents.ts';
import { DEMO_TYPES } from './demoEvents.ts';
import { addUp } from './figures.ts';
import type { Tally } from './ledger.ts';
import type { EndpointState } from './story.ts';

/** Colours a text, or doesn't: node:util's styleText, bound to where the text goes. */
export type Paint = (style: 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan', text: string) => string;

export type Tallies = ReadonlyMap<SampledType, Tally>;

const TYPE_WIDTH = 13;
const BAR_WIDTH = 12;

interface Column {
  readonly title: string;
  readonly width: number;
  readonly value: (tally: Tally) => number;
}

const SHOW_COLUMNS: readonly Column[] = [
  { title: 'in', width: 7, value: ({ published }) => published },
  { title: 'delivered', width: 11, value: ({ delivered }) => delivered },
  { title: 'batches', width: 9, value: ({ batches }) => batches },
  { title: 'retried', width: 9, value: ({ retried }) => retried },
  { title: 'waiting', width: 9, value: ({ waiting }) => waiting },
];

const SUMMARY_COLUMNS: readonly Column[] = [
  { title: 'published', width: 10, value: ({ published }) => published },
  { title: 'delivered', width: 11, value: ({ delivered }) => delivered },
  { title: 'retried', width: 9, value: ({ retried }) => retried },
  { title: 'waiting', width: 9, value: ({ waiting }) => waiting },
  { title: 'batches', width: 9, value: ({ batches }) => batches },
  { title: 'refused', width: 9, value: ({ refusedPosts }) => refusedPosts },
  { title: 'attempts', width: 10, value: ({ attempts }) => attempts },
];

/** The table of the show, less than 80 columns wide. `planned`: how many events each type will have. */
export function showTable(
  {
    tallies,
    planned,
    stateOf,
  }: {
    readonly tallies: Tallies;
    readonly planned: ReadonlyMap<SampledType, number>;
    readonly stateOf: (type: SampledType) => EndpointState;
  },
  paint: Paint,
): string[] {
  const title = ''.padEnd(TYPE_WIDTH + BAR_WIDTH + 1) + SHOW_COLUMNS.map(titleOf).join('');
  const rows = DEMO_TYPES.flatMap((type) => {
    const tally = tallies.get(type);
    if (!tally) return [];
    const state = stateOf(type);
    const cells = SHOW_COLUMNS.map((column) => cell(column, tally)).join('');
    const bar = progressBar(tally, Math.max(tally.published, planned.get(type) ?? 0), paint);
    return [`${mark(state, paint)} ${type.padEnd(TYPE_WIDTH)} ${bar}${cells}`];
  });
  return [paint('dim', `  ${title}`), ...rows];
}

export function summaryTable(tallies: Tallies, paint: Paint): string[] {
  const title = ''.padEnd(TYPE_WIDTH) + SUMMARY_COLUMNS.map(titleOf).join('');
  const row = (name: string, tally: Tally) => {
    return `  ${name.padEnd(TYPE_WIDTH)}${SUMMARY_COLUMNS.map((column) => cell(column, tally)).join('')}`;
  };
  return [
    paint('dim', `  ${title}`),
    ...[...tallies].map(([type, tally]) => row(type, tally)),
    paint('bold', row('all', addUp([...tallies.values()]))),
  ];
}

/** Delivered, waiting, and not yet there. */
function progressBar({ delivered, waiting }: Tally, whole: number, paint: Paint): string {
  const scale = (events: number) => Math.floor((events / Math.max(1, whole)) * BAR_WIDTH);
  const full = scale(delivered);
  const held = Math.min(BAR_WIDTH - full, waiting > 0 ? Math.max(1, scale(delivered + waiting) - full) : 0);
  const rest = BAR_WIDTH - full - held;
  return (
    paint('green', '█'.repeat(full)) + paint('yellow', '▒'.repeat(held)) + paint('dim', '░'.repeat(rest))
  );
}

function mark(state: EndpointState, paint: Paint): string {
  return state === 'healthy' ? paint('green', '●') : paint('yellow', state === 'refusing' ? '✗' : '◐');
}

function titleOf({ title, width }: Column): string {
  return title.padStart(width);
}

function cell({ width, value }: Column, tally: Tally): string {
  return value(tally).toLocaleString('en-US').padStart(width);
}
