import { type Batch, groupBatches, type Loaded, toBatch } from './batch.ts';
import { MAX_PROBE_SKIP, mayTakeApart, probeNumber } from './nextStep.ts';

/** What the one try of an interval takes. `passedOver` is poison if the try is accepted. */
export type Try =
  | { readonly kind: 'batch'; readonly batch: Batch; readonly passedOver: readonly Loaded[] }
  /** A single event of these, which are set aside for that. */
  | { readonly kind: 'sample'; readonly units: readonly Loaded[]; readonly passedOver: readonly Loaded[] }
  /** One of the parts that were set aside before, or the head when there is none. */
  | { readonly kind: 'part'; readonly passedOver: readonly Loaded[] };

/** So many refusals in a row before a batch is taken apart although nothing younger waits: an outage may end. */
export const SAMPLE_AFTER = 6;

/** How many events the next try needs to choose from. */
export function eventsToChooseFrom(refusals: number, batchSize: number): number {
  return (Math.min(probeNumber(refusals), MAX_PROBE_SKIP) + 1) * batchSize;
}

/**
 * Chooses among the oldest units. Usually the head; every second try after refusals goes past it, to show whether the
 * target lives: to a later batch, or, once all batches have had their turn, to what was never tried, and at last to a
 * single event of what was refused.
 */
export function chooseTry(
  units: readonly Loaded[],
  { refusals, batchSize }: { refusals: number; batchSize: number },
): Try {
  const batches = groupBatches(units, batchSize);
  const [head] = batches;
  const last = batches.at(-1);
  if (!head || !last) return { kind: 'part', passedOver: [] };
  const probeNth = probeNumber(refusals);
  if (probeNth === 0) return { kind: 'batch', batch: head, passedOver: [] };
  const later = probeNth <= MAX_PROBE_SKIP ? batches[probeNth] : undefined;
  if (later) return probe(later.units, units);
  const untried = last.units.filter(({ pending }) => pending.failed === 0);
  if (untried.length > 0) return probe(untried, units);
  if (refusals < SAMPLE_AFTER) return probe(last.units, units);
  // A single event was tried alone already.
  const sampled = mayTakeApart(refusals) ? batches.find(({ events }) => events > 1) : undefined;
  if (!sampled) return { kind: 'part', passedOver: units };
  const passedOver = units.filter((unit) => !sampled.units.includes(unit));
  return { kind: 'sample', units: sampled.units, passedOver };
}

/** Tries some of the units; those that are older are passed over. */
function probe(probed: readonly Loaded[], units: readonly Loaded[]): Try {
  const [first] = probed;
  const passedOver = first ? units.slice(0, units.indexOf(first)) : [];
  return { kind: 'batch', batch: toBatch('batch', probed), passedOver };
}
