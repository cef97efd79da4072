import { oldestClock } from '#libs/backlog/chunk.ts';
import type { Outcome } from '#libs/domain/outcome.ts';
import { type Batch, countTypes, isDead, type Loaded, leavingOf, load, toBatch } from './batch.ts';
import { isExpired } from './expiry.ts';
import { halves } from './poisoned.ts';
import type { RunParts, Turn } from './runParts.ts';

/** Removes a delivered batch; events whose time was over and that stood in its units go with it. */
export async function settleDelivered(parts: RunParts, turn: Turn, batch: Batch) {
  const units = batch.units.map(leavingOf);
  const left = await parts.backlog.settle(turn.webhookId, units, { delivered: true, run: turn.run });
  reportExpired(parts, turn, batch.units);
  return left;
}

/** Removes units of which no event may be sent any more. */
export async function discardExpired(parts: RunParts, turn: Turn, units: readonly Loaded[]): Promise<void> {
  if (units.length === 0) return;
  const { removed } = await parts.backlog.settle(turn.webhookId, units.map(leavingOf), { delivered: false });
  if (removed > 0) reportExpired(parts, turn, units);
}

/** What of a batch may still be sent: its turn may have come long after it was read. Null when nothing may. */
export async function dropExpired(parts: RunParts, turn: Turn, batch: Batch): Promise<Batch | null> {
  const { clock, settings } = parts;
  const now = clock();
  const old = batch.units.some(({ alive }) => isExpired(oldestClock(alive), now, settings.eventTtlMs));
  if (!old) return batch;
  const units = batch.units.map(({ pending }) => load(pending, now, settings.eventTtlMs));
  await discardExpired(parts, turn, units.filter(isDead));
  const alive = units.filter((unit) => !isDead(unit));
  // Again, because the discarding took its time.
  return alive.length > 0 ? dropExpired(parts, turn, toBatch(batch.source, alive)) : null;
}

export function reportExpired(parts: RunParts, turn: Turn, units: readonly Loaded[]): void {
  const expired = units.flatMap(({ expired: chunk }) => (chunk ? [chunk] : []));
  if (expired.length > 0) parts.observer.discarded(turn.webhookId, countTypes(expired), 'expired');
}

/** What the operator reads as the webhook's last error: a status, or why nothing came back. */
export function describeFailure(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'accepted':
      return 'accepted';
    case 'refused':
      return `status ${outcome.httpStatusCode}`;
    case 'unreachable':
      return `${outcome.error}: ${outcome.message}`;
    case 'blocked':
      return `blocked: ${outcome.message}`;
  }
}

/** A refused part is due again later; in halves, when `split` and it is more than one event. */
export async function postponePart(
  parts: RunParts,
  turn: Turn,
  batch: Batch,
  { now, dueAt, error, split }: { now: number; dueAt: number; error: string; split: boolean },
) {
  const [unit] = batch.units;
  if (!unit) return undefined;
  const { backlog, newId, settings } = parts;
  if (!split || batch.events === 1) {
    return backlog.postpone(turn.webhookId, turn.run, unit.pending.id, { now, dueAt, error });
  }
  const cutting = { dueAt, newId, batchSize: settings.batchSize };
  const pieces = halves(unit.alive, unit.pending.failed + 1, cutting);
  const result = await backlog.setAside(turn.webhookId, turn.run, [leavingOf(unit)], pieces);
  if (result === undefined) reportExpired(parts, turn, [unit]);
  return result;
}
