import { OVERTAKEN } from '#libs/backlog/transitions.ts';
import { HealthyRun } from './healthyRun.ts';
import { isDue } from './nextStep.ts';
import { Reader } from './reader.ts';
import { retryRun } from './retryRun.ts';
import { DONE, type RunEnd, type RunParts, type Turn } from './runParts.ts';

/** Read on suspicion when a run begins; with full chunks, as many batches. */
const HEAD_ENTRIES = 4;

/** A direct run is at it, which is over soon, or after the time that a target has for its answer. */
const LOOK_AGAIN_MS = 1_000;

/**
 * One turn of one webhook. In: whose turn it is. Out: how it ended, and so what becomes of its job. A run sends
 * only while the webhook is in the run's own lane, and becomes its owner: an earlier run that wakes up late can
 * then remove what it delivered, but change nothing else.
 */
export async function deliveryRun(parts: RunParts, turn: Turn): Promise<RunEnd> {
  const { webhookId, lane, run, asleep } = turn;
  if (turn.stopping.aborted) return { kind: 'again' };
  // All in one round trip. On one connection, the read comes after the begin, and so sees whose webhook it is.
  const [opening, head] = await Promise.all([
    parts.backlog.begin(webhookId, { lane, run, asleep }),
    parts.backlog.read(webhookId, run, null, HEAD_ENTRIES),
    parts.directory.sync(),
  ]);
  // The lane of retries is also the clock of a healthy webhook's parts; and a run may have died between the change of
  // the lane and the wake-up there. So a job in the wrong lane passes its wake-up on.
  if (!opening.mine && opening.lane) return { kind: 'handOver', lane: opening.lane, at: parts.clock() };
  // What is to be done comes to who is at it: all the same, a job looks once more. A direct run has none to keep.
  if (!opening.mine) return asleep ? DONE : { kind: 'retryAt', at: parts.clock() + LOOK_AGAIN_MS };
  if (opening.entries === 0 && opening.parts === 0) return DONE;
  const { retryMaxIntervalMs } = parts.settings;
  if (!isDue(opening.nextTryAt, parts.clock(), retryMaxIntervalMs)) {
    return { kind: 'retryAt', at: opening.nextTryAt };
  }
  if (head === OVERTAKEN) return DONE;
  const reader = new Reader(parts, turn, opening, { pendings: head, ended: head.length < HEAD_ENTRIES });
  if (lane === 'retries') return retryRun(parts, turn, opening, reader);
  return new HealthyRun(parts, turn, opening, reader).execute(opening);
}
