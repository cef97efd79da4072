import type { Lane } from '#libs/backlog/lane.ts';
import type { DeliveryWaker } from '#libs/backlog/wakeDelivery.ts';
import type { Logger } from '#libs/logging/logger.ts';
import { deliveryRun } from './deliveryRun.ts';
import { leasedRun } from './leasedRun.ts';
import type { RunEnd, RunParts, Turn } from './runParts.ts';

/** How long a webhook may keep its slot while others wait. */
const SLICE_MS = 1_000;

/** After trouble that is not the target's (Redis, MySQL): when the run is tried again. */
const TROUBLE_PAUSE_MS = 1_000;

export interface TurnParts {
  readonly run: RunParts;
  readonly waker: Pick<DeliveryWaker, 'wake'>;
  readonly logger: Logger;
}

/**
 * What a delivery job or a direct run does. In: whose turn it is. Out: until when the job is delayed (epoch ms), or null
 * when it is over; then whoever goes on with the webhook is on the way.
 */
export async function takeTurn(
  { run, waker, logger }: TurnParts,
  whose: Omit<Turn, 'run' | 'sliceEndsAt'>,
): Promise<number | null> {
  const { webhookId, lane } = whose;
  try {
    const sliceEndsAt = run.clock() + SLICE_MS;
    const turn = { ...whose, run: run.newId(), sliceEndsAt };
    const end = await (whose.asleep ? leasedRun(run, turn) : deliveryRun(run, turn));
    if (end.kind === 'retryAt') return end.at;
    const wake = nextWake(lane, end, run.clock());
    if (wake) await waker.wake([{ webhookId, ...wake }]);
    return null;
  } catch (error) {
    logger.warn('A delivery run was put off', { webhookId, lane, error });
    return run.clock() + TROUBLE_PAUSE_MS;
  }
}

/** Who goes on with the webhook, and how long from now. */
function nextWake(lane: Lane, end: RunEnd, now: number): { lane: Lane; delayMs?: number } | null {
  switch (end.kind) {
    case 'again':
      return { lane };
    case 'handOver':
      return end.at > now ? { lane: end.lane, delayMs: end.at - now } : { lane: end.lane };
    case 'partsDueAt':
      return end.at > now ? { lane: 'retries', delayMs: end.at - now } : { lane };
    default:
      return null;
  }
}
