import type { Statistics } from '#libs/apiClient/answers.ts';

export type Interval = Statistics['intervals'][number];

export const HOUR_MS = 3_600_000;
/** Ranges that a chart shows, in hours. */
export const RANGES = [24, 72, 168] as const;

/** The whole hours up to now; the last one has only begun. */
export function rangeOf(hours: number, now: number): { readonly from: string; readonly to: string } {
  const lastHour = Math.floor(now / HOUR_MS) * HOUR_MS;
  const from = new Date(lastHour - (hours - 1) * HOUR_MS).toISOString();
  return { from, to: new Date(Math.max(now, lastHour + 1)).toISOString() };
}

/** Every hour of the range once; those without an interval had nothing to count. Pure. */
export function everyHour(intervals: readonly Interval[], hours: number, now: number): readonly Interval[] {
  const known = new Map(intervals.map((interval) => [Date.parse(interval.start), interval]));
  const lastHour = Math.floor(now / HOUR_MS) * HOUR_MS;
  return Array.from({ length: hours }, (_, index) => {
    const at = lastHour - (hours - 1 - index) * HOUR_MS;
    return known.get(at) ?? { ...NOTHING, start: new Date(at).toISOString() };
  });
}

const NOTHING = {
  received: 0,
  delivered: 0,
  failed: 0,
  discarded: 0,
  durationMsP50: null,
  durationMsP95: null,
};

export function sumOf(
  intervals: readonly Interval[],
  what: 'received' | 'delivered' | 'failed' | 'discarded',
): number {
  return intervals.reduce((sum, interval) => sum + interval[what], 0);
}
