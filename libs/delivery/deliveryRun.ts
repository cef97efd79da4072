import { HealthyRun } from './healthyRun.ts';
import { Reader } from './reader.ts';
import { retryRun } from './retryRun.ts';
import { DONE, type RunEnd, type RunParts, type Turn } from './runParts.ts';

/**
 * One turn of one webhook. In: whose turn it is. Out: how it ended, and so what becomes of its job. A run sends
 * only while the webhook is in the run's own lane, and becomes its owner: an earlier run that wakes up late can
 * then remove what it delivered, but change nothing else.
 */
export async function deliveryRun(parts: RunParts, turn: Turn): Promise<RunEnd> {
  const { webhookId, lane, run } = turn;
  const opening = await parts.backlog.begin(webhookId, { lane, run });
  // The lane of retries is also the clock of a healthy webhook's parts; and a run may have died between the change of
  // the lane and the wake-up there. So a job in the wrong lane passes its wake-up on.
  if (!opening.mine) return { kind: 'handOver', lane: opening.lane, at: parts.clock() };
  if (opening.entries === 0 && opening.parts === 0) return DONE;
  if (opening.nextTryAt > parts.clock()) return { kind: 'retryAt', at: opening.nextTryAt };
  const reader = new Reader(parts, turn, opening);
  if (lane === 'retries') return retryRun(parts, turn, opening, reader);
  return new HealthyRun(parts, turn, opening, reader).execute(opening);
}
