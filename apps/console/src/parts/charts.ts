import uPlot from 'uplot';
import { duration } from '#libs/apiClient/format.ts';
import { HOUR_MS, type Interval } from '../lib/hours.ts';

/** How a chart is drawn, and of what. */
export interface Chart {
  readonly height: number;
  options(colour: (name: string) => string): Pick<uPlot.Options, 'series' | 'axes' | 'scales'>;
  data(intervals: readonly Interval[]): uPlot.AlignedData;
}

const MS_PER_S = 1000;
const BAR_SHARE = 0.7;
const MOST_BAR_PX = 36;
const AXIS_PX = 56;
const FONT = '12px system-ui, sans-serif';
/** Of a scale without any value. */
const LEAST_EVENTS = 10;
const LEAST_MS = 100;

const times = (intervals: readonly Interval[]) => intervals.map(({ start }) => Date.parse(start) / MS_PER_S);

const compact = new Intl.NumberFormat('en', { notation: 'compact' });

const dayAndMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** The hour; at midnight the day, below. */
function hourText(second: number): string {
  const time = new Date(second * MS_PER_S);
  const hour = `${String(time.getHours()).padStart(2, '0')}:00`;
  return time.getHours() === 0 ? `${hour}\n${dayAndMonth.format(time)}` : hour;
}

function axes(colour: (name: string) => string, text: (value: number) => string): uPlot.Axis[] {
  const line = { stroke: colour('--muted'), font: FONT, ticks: { show: false } };
  const grid = { stroke: colour('--grid'), width: 1 };
  return [
    { ...line, grid: { show: false }, space: 52, size: 38, values: (_, ticks) => ticks.map(hourText) },
    { ...line, grid, size: AXIS_PX, space: 26, values: (_, ticks) => ticks.map(text) },
  ];
}

/** From zero up, however little there is. */
function fromZero(least: number): uPlot.Scale {
  return { range: (_, _min, max) => [0, Math.max(least, (max ?? 0) * 1.08)] };
}

/** Bars of what was delivered, with what failed on top; a line of what was received. */
export const eventChart: Chart = {
  height: 190,
  options(colour) {
    const bars = uPlot.paths.bars?.({ size: [BAR_SHARE, MOST_BAR_PX], align: 1 });
    const bar = (name: string): uPlot.Series => ({
      fill: colour(name),
      stroke: colour(name),
      width: 0,
      points: { show: false },
      ...(bars && { paths: bars }),
    });
    const stepped = uPlot.paths.stepped?.({ align: 1 });
    const received: uPlot.Series = {
      stroke: colour('--received'),
      width: 1.5,
      dash: [5, 3],
      points: { show: false },
      ...(stepped && { paths: stepped }),
    };
    return {
      series: [{}, bar('--failed'), bar('--delivered'), received],
      axes: axes(colour, (value) => compact.format(value)),
      scales: { y: fromZero(LEAST_EVENTS) },
    };
  },
  data: (intervals) => [
    times(intervals),
    intervals.map(({ delivered, failed }) => delivered + failed),
    intervals.map(({ delivered }) => delivered),
    intervals.map(({ received }) => received),
  ],
};

export const durationChart: Chart = {
  height: 120,
  options(colour) {
    const line = (name: string, dash: number[]): uPlot.Series => ({
      stroke: colour(name),
      width: 2,
      dash,
      points: { show: true, size: 5, fill: colour(name) },
    });
    return {
      series: [{}, line('--p50', []), line('--p95', [6, 3])],
      axes: axes(colour, duration),
      scales: { y: fromZero(LEAST_MS) },
    };
  },
  // In the middle of the hour, where the bars above are.
  data: (intervals) => [
    times(intervals).map((start) => start + HOUR_MS / 2 / MS_PER_S),
    intervals.map(({ durationMsP50 }) => durationMsP50),
    intervals.map(({ durationMsP95 }) => durationMsP95),
  ],
};
