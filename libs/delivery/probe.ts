import { type Batch, groupBatches, type Loaded, toBatch } from './batch.ts';
import { probeSkip } from './nextStep.ts';

/** What the one try of an interval takes. `passedOver` is poison if the try is accepted. */
export type Try =
  | { readonly kind: 'batch'; readonly batch: Batch; readonly passedOver: readonly Loaded[] }
  /** One of the parts that were set aside, or the head when there is none. */
  | { readonly kind: 'part'; readonly passedOver: readonly Loaded[] }
  /** These are set aside in parts first; then one of the parts is tried. */
  | { readonly kind: 'takeApart'; readonly units: readonly Loaded[]; readonly passedOver: readonly Loaded[] };

/** So many refusals in a row before a batch is taken apart although nothing younger waits: an outage may end. */
export const TAKE_APART_AFTER = 6;

/**
 * Chooses among the oldest units. Usually the head; every second try after refusals goes past it to show whether the
 * target lives: to a later batch, or, once all batches have had their turn, to what was never tried, and at last to
 * the parts of what was refused.
 */
export function chooseTry(
  units: readonly Loaded[],
  { refusals, batchSize, mayTakeApart }: { refusals: number; batchSize: number; mayTakeApart: boolean },
): Try {
  const batches = groupBatches(units, batchSize);
  const [head] = batches;
  const last = batches.at(-1);
  if (!head || !last) return { kind: 'part', passedOver: [] };
  const skip = probeSkip(refusals);
  if (skip === 0) return { kind: 'batch', batch: head, passedOver: [] };
  const later = batches[skip];
  if (later) return probe(later.units, units);
  const untried = last.units.filter(({ pending }) => pending.failed === 0);
  if (untried.length > 0) return probe(untried, units);
  if (refusals < TAKE_APART_AFTER) return probe(last.units, units);
  const passedOver = units.filter((unit) => !head.units.includes(unit));
  if (mayTakeApart && head.events > 1) return { kind: 'takeApart', units: head.units, passedOver };
  return { kind: 'part', passedOver: units };
}

/** Tries some of the units; those that are older are passed over. */
function probe(probed: readonly Loaded[], units: readonly Loaded[]): Try {
  const [first] = probed;
  const passedOver = first ? units.slice(0, units.indexOf(first)) : [];
  return { kind: 'batch', batch: toBatch('batch', probed), passedOver };
}
