/** What is counted of a webhook in an hour. All count events; `failed` counts an event once for each failed POST. */
export const COUNTS = ['received', 'delivered', 'failed', 'discarded'] as const;
export type Count = (typeof COUNTS)[number];

/** From here on, a measure counts the transmissions that took so long, by class of their duration. */
const FIRST_DURATION = 100;
/** A class is 9 % wide, so that what is told of a duration is at most 4.5 % off. */
const CLASSES_PER_OCTAVE = 8;

export function measureOf(count: Count): number {
  return COUNTS.indexOf(count);
}

export function measureOfDuration(durationMs: number): number {
  if (durationMs < 1) return FIRST_DURATION;
  return FIRST_DURATION + 1 + Math.floor(Math.log2(durationMs) * CLASSES_PER_OCTAVE);
}

/** The middle of the measure's class, in whole ms. */
function durationOf(measure: number): number {
  const place = measure - FIRST_DURATION;
  return place === 0 ? 0 : Math.round(2 ** ((place - 0.5) / CLASSES_PER_OCTAVE));
}

export interface Interval extends Readonly<Record<Count, number>> {
  /** Of all transmissions, delivered and failed; null: there was none. */
  readonly durationMsP50: number | null;
  readonly durationMsP95: number | null;
}

/** Amounts of one webhook and hour, by measure, as they are read. Pure. */
export function toInterval(amounts: ReadonlyMap<number, number>): Interval {
  const amount = (count: Count) => amounts.get(measureOf(count)) ?? 0;
  const durations = [...amounts]
    .filter(([measure]) => measure >= FIRST_DURATION)
    .toSorted(([a], [b]) => a - b);
  return {
    received: amount('received'),
    delivered: amount('delivered'),
    failed: amount('failed'),
    discarded: amount('discarded'),
    durationMsP50: percentile(durations, 0.5),
    durationMsP95: percentile(durations, 0.95),
  };
}

function percentile(durations: readonly (readonly [number, number])[], share: number): number | null {
  const total = durations.reduce((sum, [, amount]) => sum + amount, 0);
  const rank = Math.ceil(total * share);
  let passed = 0;
  for (const [measure, amount] of durations) {
    passed += amount;
    if (passed >= rank) return durationOf(measure);
  }
  return null;
}

/** By how much a counter of a webhook and hour has grown. */
export interface Growth {
  readonly hour: number;
  readonly webhookId: number;
  readonly measure: number;
  readonly amount: number;
}

/** Adds up in memory what is written later. Holds at most `maxCounters`. */
export class Tally {
  readonly #maxCounters: number;
  readonly #growths = new Map<string, Growth>();

  constructor({ maxCounters }: { maxCounters: number }) {
    this.#maxCounters = maxCounters;
  }

  get size(): number {
    return this.#growths.size;
  }

  /** False when there is no place for it. */
  add(growth: Growth): boolean {
    const { hour, webhookId, measure, amount } = growth;
    const key = `${hour}:${webhookId}:${measure}`;
    const before = this.#growths.get(key);
    if (before === undefined && this.#growths.size >= this.#maxCounters) return false;
    this.#growths.set(key, before ? { ...before, amount: before.amount + amount } : growth);
    return true;
  }

  /** Removes at most so many, those that began to grow first. */
  take(maxCounters: number): Growth[] {
    const taken: Growth[] = [];
    for (const [key, growth] of this.#growths) {
      if (taken.length === maxCounters) break;
      taken.push(growth);
      this.#growths.delete(key);
    }
    return taken;
  }
}
