import { setTimeout as sleep } from 'node:timers/promises';
import { OVERTAKEN, type Overtaken } from '#libs/backlog/transitions.ts';
import type { Webhook } from '#libs/domain/webhook.ts';
import type { RunParts, Turn } from './runParts.ts';

/** A second as POSTs are spread over it: with some room, since they don't all take equally long to their target. */
const SECOND_MICROS = 1_050_000;

/** No longer than an answer may take is a run worth keeping; with a longer wait it ends, and its slot is free. */
const MAX_WAIT_IN_RUN_MS = 50;

export type Permission =
  | { readonly kind: 'granted'; readonly webhook: Webhook }
  /** Not before this time (epoch ms). */
  | { readonly kind: 'later'; readonly at: number };

/**
 * Lets a POST to the webhook through when `maxRequestsPerSecond` allows it: evenly spread over the second, across
 * runs, lanes and workers, since the count is kept in Redis. Null: there is no webhook to send to any more.
 */
export async function permission(
  parts: Pick<RunParts, 'permits' | 'clock'>,
  { webhookId, run }: Pick<Turn, 'webhookId' | 'run'>,
  lookUp: () => Promise<Webhook | null>,
): Promise<Permission | Overtaken | null> {
  while (true) {
    // Again after each wait, so that a webhook deactivated meanwhile gets no further POST.
    const webhook = await lookUp();
    if (!webhook?.maxRequestsPerSecond) return webhook && { kind: 'granted', webhook };
    const intervalMicros = Math.ceil(SECOND_MICROS / webhook.maxRequestsPerSecond);
    const waitMs = await parts.permits.take(webhookId, run, intervalMicros);
    if (waitMs === OVERTAKEN) return OVERTAKEN;
    if (waitMs === 0) return { kind: 'granted', webhook };
    if (waitMs > MAX_WAIT_IN_RUN_MS) return { kind: 'later', at: parts.clock() + waitMs };
    await sleep(waitMs);
  }
}
