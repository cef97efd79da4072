import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { HOUR_MS, type Interval } from '../lib/hours.ts';
import type { Chart } from './charts.ts';

interface PlotProps {
  /** What it shows, for those who don't see it. */
  readonly label: string;
  readonly chart: Chart;
  readonly intervals: readonly Interval[];
  /** The index of the hour under the mouse. */
  readonly onPoint: (index: number | null) => void;
}

const MS_PER_S = 1000;
const LEAST_WIDTH = 240;
const DARK = '(prefers-color-scheme: dark)';
const SYNC = 'hours';

/** A chart that keeps its width with the page and its colours with the system. New data move it, and nothing flickers. */
export function Plot({ label, chart, intervals, onPoint }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const latest = useRef(intervals);
  latest.current = intervals;

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const draw = () => {
      plot.current?.destroy();
      const options = optionsOf({ chart, element, onPoint, intervals: () => latest.current });
      plot.current = new uPlot(options, chart.data(latest.current), element);
    };
    const fit = new ResizeObserver(() => {
      plot.current?.setSize({ width: widthOf(element), height: chart.height });
    });
    const scheme = matchMedia(DARK);
    draw();
    fit.observe(element);
    scheme.addEventListener('change', draw);
    return () => {
      fit.disconnect();
      scheme.removeEventListener('change', draw);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [chart, onPoint]);

  useEffect(() => {
    plot.current?.setData(chart.data(intervals));
  }, [chart, intervals]);

  return <div class="plot" role="img" aria-label={label} ref={place} />;
}

function widthOf(element: HTMLElement): number {
  return Math.max(LEAST_WIDTH, element.clientWidth);
}

interface Parts extends Pick<PlotProps, 'chart' | 'onPoint'> {
  readonly element: HTMLElement;
  readonly intervals: () => readonly Interval[];
}

/** From the begin of the first hour to the end of the last: both charts show the same time. */
function rangeOf(intervals: readonly Interval[]): [number, number] {
  const [first, last] = [intervals[0], intervals.at(-1)].map(
    (one) => Date.parse(one?.start ?? '') / MS_PER_S,
  );
  return [first ?? 0, (last ?? 0) + HOUR_MS / MS_PER_S];
}

function optionsOf({ chart, element, onPoint, intervals }: Parts): uPlot.Options {
  const style = getComputedStyle(element);
  const { series, axes = [], scales } = chart.options((name) => style.getPropertyValue(name).trim());
  return {
    width: widthOf(element),
    height: chart.height,
    legend: { show: false },
    cursor: { sync: { key: SYNC }, drag: { x: false, y: false }, y: false, points: { show: false } },
    series,
    axes,
    scales: { ...scales, x: { range: () => rangeOf(intervals()) } },
    hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)] },
  };
}
