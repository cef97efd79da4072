import { type Batch, groupBatches, type Loaded, toBatch } from './batch.ts';
import { probeSkip } from './nextStep.ts';

/** What the one try of an interval takes. `passedOver` is poison if the try is accepted. */
export type Try =
  | { readonly kind: 'batch'; readonly batch: Batch; readonly passedOver: readonly Loaded[] }
  /** Nothing but one chunk of several events waits: a half of it shows whether the target lives. */
  | { readonly kind: 'split'; readonly unit: Loaded }
  | { readonly kind: 'nothing' };

/**
 * Chooses among the oldest units. Usually the head; every second try after refusals goes past it: to a later
 * batch, or, when all fits in one batch, to the units that were refused least, or to the younger half.
 */
export function chooseTry(units: readonly Loaded[], refusals: number, batchSize: number): Try {
  const batches = groupBatches(units, batchSize);
  const [head] = batches;
  if (!head) return { kind: 'nothing' };
  const skip = Math.min(probeSkip(refusals), batches.length - 1);
  if (probeSkip(refusals) === 0) return { kind: 'batch', batch: head, passedOver: [] };
  const later = batches[skip];
  if (skip > 0 && later) {
    return { kind: 'batch', batch: later, passedOver: batches.slice(0, skip).flatMap((batch) => batch.units) };
  }
  return probeWithin(head);
}

function probeWithin(head: Batch): Try {
  const [first, ...others] = head.units;
  if (first && others.length === 0) {
    return head.events > 1 ? { kind: 'split', unit: first } : { kind: 'batch', batch: head, passedOver: [] };
  }
  const least = Math.min(...head.units.map(({ pending }) => pending.failed));
  const fresh = head.units.filter(({ pending }) => pending.failed === least);
  const probed = fresh.length < head.units.length ? fresh : head.units.slice(head.units.length >> 1);
  const passedOver = head.units.filter((unit) => !probed.includes(unit));
  return { kind: 'batch', batch: toBatch('batch', probed), passedOver };
}
