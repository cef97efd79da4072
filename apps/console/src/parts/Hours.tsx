import { useState } from 'preact/hooks';
import type { Statistics } from '#libs/apiClient/answers.ts';
import { count, duration, plural } from '#libs/apiClient/format.ts';
import { everyHour, type Interval, RANGES, sumOf } from '../lib/hours.ts';
import { durationChart, eventChart } from './charts.ts';
import { Empty } from './Notice.tsx';
import { Plot } from './Plot.tsx';

const RANGE_NAMES: Readonly<Record<number, string>> = { 24: '24 hours', 72: '3 days', 168: '7 days' };

interface HoursProps {
  readonly statistics: Statistics | null;
  readonly hours: number;
  readonly onHours: (hours: number) => void;
}

/** What was sent in each hour, and how long the target took; as charts, and as a table. */
export function Hours({ statistics, hours, onHours }: HoursProps) {
  return (
    <section aria-labelledby="hours" class="card">
      <div class="section-head">
        <h2 id="hours">Events per hour</h2>
        <fieldset class="segments">
          <legend class="unseen">Range</legend>
          {RANGES.map((range) => (
            <label key={range}>
              <input type="radio" name="range" checked={range === hours} onChange={() => onHours(range)} />
              <span>{RANGE_NAMES[range]}</span>
            </label>
          ))}
        </fieldset>
      </div>
      {statistics ? (
        <Charts intervals={everyHour(statistics.intervals, hours, Date.now())} />
      ) : (
        <Empty>This server does not count what it sends.</Empty>
      )}
    </section>
  );
}

function Charts({ intervals }: { readonly intervals: readonly Interval[] }) {
  const [pointed, setPointed] = useState<number | null>(null);
  const interval = pointed === null ? undefined : intervals[pointed];
  const totals = (['delivered', 'failed', 'discarded'] as const)
    .map((what) => `${count(sumOf(intervals, what))} ${what}`)
    .join(', ');
  return (
    <>
      <p class="legend" aria-hidden="true">
        <Key name="delivered" /> <Key name="failed" /> <Key name="received" />
      </p>
      <Plot
        label={`Events per hour. In all: ${totals}.`}
        chart={eventChart}
        intervals={intervals}
        onPoint={setPointed}
      />
      <p class="legend" aria-hidden="true">
        <Key name="p50" text="half of the answers took less" /> <Key name="p95" text="95 % took less" />
      </p>
      <Plot
        label="How long the target took"
        chart={durationChart}
        intervals={intervals}
        onPoint={setPointed}
      />
      <p class="reading">{interval ? readingOf(interval) : `In all: ${totals}`}</p>
      <details>
        <summary>As a table</summary>
        <HoursTable
          intervals={intervals.filter((one) => one.received + one.delivered + one.failed + one.discarded > 0)}
        />
      </details>
    </>
  );
}

function Key({ name, text = name }: { readonly name: string; readonly text?: string }) {
  return (
    <span>
      <span class={`key key-${name}`} />
      {text}
    </span>
  );
}

function hourOf({ start }: Interval): string {
  return new Date(start).toLocaleString('en-GB', { weekday: 'short', hour: '2-digit', minute: '2-digit' });
}

function readingOf(interval: Interval): string {
  const { delivered, failed, received, durationMsP50, durationMsP95 } = interval;
  const took =
    durationMsP50 === null || durationMsP95 === null
      ? ''
      : `; answers took ${duration(durationMsP50)}, at worst about ${duration(durationMsP95)}`;
  return `${hourOf(interval)}: ${plural(received, 'event')} received, ${count(delivered)} delivered, ${count(failed)} failed${took}`;
}

function HoursTable({ intervals }: { readonly intervals: readonly Interval[] }) {
  if (intervals.length === 0) return <Empty>Nothing happened in this time.</Empty>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard.
    <section class="scroll" tabIndex={0} aria-label="Events per hour, as a table">
      <table class="plain">
        <thead>
          <tr>
            {['Hour', 'Received', 'Delivered', 'Failed', 'Discarded', 'P50', 'P95'].map((name, index) => (
              <th key={name} scope="col" class={index > 0 ? 'number' : undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {intervals.toReversed().map((interval) => (
            <tr key={interval.start}>
              <th scope="row">{hourOf(interval)}</th>
              <td class="number">{count(interval.received)}</td>
              <td class="number">{count(interval.delivered)}</td>
              <td class="number">{count(interval.failed)}</td>
              <td class="number">{count(interval.discarded)}</td>
              <td class="number">
                {interval.durationMsP50 === null ? '–' : duration(interval.durationMsP50)}
              </td>
              <td class="number">
                {interval.durationMsP95 === null ? '–' : duration(interval.durationMsP95)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
