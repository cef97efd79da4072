import type { Lane } from '#libs/backlog/lane.ts';
import type { Outcome } from '#libs/domain/outcome.ts';

/**
 * The whole retry policy. A webhook's life between transmissions:
 *
 *   lane deliveries: healthy. Batches go out oldest first, a few at once when many wait.
 *       │ a batch fails                                  ▲ a try succeeds
 *       ▼                                                │
 *   lane retries: one try each interval, however many events wait. Every second try after an answered refusal
 *       goes past the head, or takes a sample of it ("probe"): if that one is accepted, the target lives and what it
 *       refused is poison.
 *
 *   Poison is set aside in parts. Parts are retried each interval in the lane of deliveries, beside the others;
 *   a refused part is split in halves until the one event that the target refuses is alone.
 */
export interface RetryPolicy {
  readonly retryIntervalMs: number;
  readonly retryMaxIntervalMs: number;
}

export interface Tried {
  readonly lane: Lane;
  readonly source: 'batch' | 'part';
  /** Failures in a row before this try. */
  readonly failures: number;
}

export type Step =
  | { readonly kind: 'settle'; readonly recover: boolean }
  /** The webhook goes to, or stays in, the lane of retries until then (epoch ms). */
  | { readonly kind: 'fail'; readonly dueAt: number }
  /** Only this part waits until then (epoch ms), in halves if it can be halved. */
  | { readonly kind: 'postpone'; readonly dueAt: number };

/** Decides what follows from one outcome. `random` is in [0, 1); times are epoch ms. */
export function nextStep(
  tried: Tried,
  outcome: Outcome,
  at: { now: number; random: number },
  policy: RetryPolicy,
): Step {
  if (outcome.kind === 'accepted') return { kind: 'settle', recover: tried.lane === 'retries' };
  if (tried.source === 'part' && tried.lane === 'deliveries' && outcome.kind === 'refused') {
    return { kind: 'postpone', dueAt: at.now + policy.retryIntervalMs };
  }
  return { kind: 'fail', dueAt: at.now + retryDelayMs(tried.failures, outcome, at.random, policy) };
}

/**
 * The seed's fixed interval; or, when the longest interval is above it, exponential back-off with jitter (each
 * wait is between half of and the full doubled interval), and a `Retry-After` honoured up to the same bound.
 */
export function retryDelayMs(
  failures: number,
  outcome: Outcome,
  random: number,
  policy: RetryPolicy,
): number {
  const { retryIntervalMs, retryMaxIntervalMs } = policy;
  if (retryMaxIntervalMs <= retryIntervalMs) return retryIntervalMs;
  const doubled = Math.min(retryMaxIntervalMs, retryIntervalMs * 2 ** Math.min(failures, 30));
  const jittered = Math.max(retryIntervalMs, Math.round(doubled * (0.5 + random / 2)));
  const asked = outcome.kind === 'refused' ? (outcome.retryAfterMs ?? 0) : 0;
  return Math.min(retryMaxIntervalMs, Math.max(jittered, asked));
}

/** Clocks of workers differ by less. */
export const CLOCK_TOLERANCE_MS = 60_000;

/**
 * Whether the time has come for which something was put off (epoch ms). One that lies further ahead than the longest
 * wait there is was noted before the clock was set back.
 */
export function isDue(at: number, now: number, longestWaitMs: number): boolean {
  return at <= now || at > now + longestWaitMs + CLOCK_TOLERANCE_MS;
}

/** How far a probe goes past the head at most, in batches: this many poisoned batches in a row are survived. */
export const MAX_PROBE_SKIP = 16;

/** A round of probes: as many batches past the head, then as many samples of what was refused. */
const PROBES_PER_ROUND = 2 * MAX_PROBE_SKIP;

/**
 * The number of the probe that the next try makes after so many refusals in a row, from 1; or 0 when it repeats the
 * head. The first retry does (most refusals pass), and then every second one. After a round the next begins.
 */
export function probeNumber(refusals: number): number {
  if (refusals < 2 || refusals % 2 === 1) return 0;
  return ((refusals / 2 - 1) % PROBES_PER_ROUND) + 1;
}

/** Whether what was refused may be taken apart to try some of it: after a whole round the target must be ill. */
export function mayTakeApart(refusals: number): boolean {
  return refusals <= 2 * PROBES_PER_ROUND;
}

/** More than one batch of a webhook in flight costs its order at the target; only a long backlog is worth that. */
const DEEP_BACKLOG_BATCHES = 50;
const DEEP_WINDOW = 4;

/** How many batches of a healthy webhook may be in flight at once. */
export function windowSize(pendingEvents: number, batchSize: number): number {
  return pendingEvents > DEEP_BACKLOG_BATCHES * batchSize ? DEEP_WINDOW : 1;
}
