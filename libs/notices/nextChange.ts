import type { WebhookStatus } from '#libs/domain/webhook.ts';

/** Milliseconds; 0: never. */
export interface NoticeTimes {
  readonly notifyAfterMs: number;
  readonly suspendAfterMs: number;
}

/** What is known of a webhook of which every transmission fails. Times are epoch ms. */
export interface Seen {
  readonly since: number;
  /** Whether it was told already that it fails. */
  readonly noticed: boolean;
  /** Events that wait for it. */
  readonly pending: number;
  /** Null: it is gone. */
  readonly status: WebhookStatus | null;
  /** When it was changed last. */
  readonly modified: number;
}

export type Change =
  | 'none'
  /** Nobody is to hear of it any more. */
  | 'forget'
  /** There is nothing to be tried, so that it neither fails nor succeeds until something comes. */
  | 'rest'
  /** To be told that it fails. */
  | 'tellFailing'
  | 'suspend'
  /** It was suspended, and whoever did so has not come to tell it. */
  | 'tellSuspended';

/**
 * What follows from it that a webhook fails. Only an activated one can fail: who deactivates it knows, and what it did
 * before counts no more. Pure.
 */
export function nextChange(seen: Seen, now: number, times: NoticeTimes): Change {
  const { since, noticed, pending, status, modified } = seen;
  // What was under way when it was suspended may fail later; nobody is to hear of it twice.
  if (status === 'suspended') return since < modified ? 'tellSuspended' : 'forget';
  if (status !== 'activated') return 'forget';
  if (pending === 0) return 'rest';
  const failedForMs = now - since;
  if (times.suspendAfterMs > 0 && failedForMs >= times.suspendAfterMs) return 'suspend';
  return !noticed && failedForMs >= times.notifyAfterMs ? 'tellFailing' : 'none';
}

/** For how long a webhook must have failed to be looked at. */
export function lookFromMs({ notifyAfterMs, suspendAfterMs }: NoticeTimes): number {
  return suspendAfterMs > 0 ? Math.min(notifyAfterMs, suspendAfterMs) : notifyAfterMs;
}
