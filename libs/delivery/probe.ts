import { type Batch, groupBatches, type Loaded, toBatch } from './batch.ts';
import { probeSkip } from './nextStep.ts';

/** What the one try of an interval takes. `passedOver` is poison if the try is accepted. */
export type Try =
  | { readonly kind: 'batch'; readonly batch: Batch; readonly passedOver: readonly Loaded[] }
  /** Nothing but one chunk of several events waits: a half of it shows whether the target lives. */
  | { readonly kind: 'split'; readonly unit: Loaded }
  | { readonly kind: 'nothing' };

/** So many refusals in a row before a batch is taken apart although nothing younger waits: an outage may end. */
export const TAKE_APART_AFTER = 6;

/**
 * Chooses among the oldest units. Usually the head; every second try after refusals goes past it: to a later
 * batch, or, when all fits in one batch, to what was never tried, or at last to the younger half.
 */
export function chooseTry(units: readonly Loaded[], refusals: number, batchSize: number): Try {
  const batches = groupBatches(units, batchSize);
  const [head] = batches;
  if (!head) return { kind: 'nothing' };
  const skip = Math.min(probeSkip(refusals), batches.length - 1);
  if (probeSkip(refusals) === 0) return { kind: 'batch', batch: head, passedOver: [] };
  const later = batches[skip];
  if (skip > 0 && later) {
    return {
      kind: 'batch',
      batch: later,
      passedOver: batches.slice(0, skip).flatMap((batch) => batch.units),
    };
  }
  return probeWithin(head, refusals);
}

function probeWithin(head: Batch, refusals: number): Try {
  const untried = head.units.filter(({ pending }) => pending.failed === 0);
  if (untried.length > 0 && untried.length < head.units.length) return probe(head, untried);
  if (refusals < TAKE_APART_AFTER) return probe(head, head.units);
  const [first, ...others] = head.units;
  if (first && others.length === 0 && head.events > 1) return { kind: 'split', unit: first };
  return probe(head, head.units.slice(head.units.length >> 1));
}

function probe({ units }: Batch, probed: readonly Loaded[]): Try {
  const passedOver = units.filter((unit) => !probed.includes(unit));
  return { kind: 'batch', batch: toBatch('batch', probed), passedOver };
}
