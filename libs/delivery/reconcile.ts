import type { Backlog } from '#libs/backlog/backlog.ts';
import { dropCounted } from '#libs/backlog/dropCounted.ts';
import { OVERTAKEN } from '#libs/backlog/transitions.ts';
import type { Waiting } from '#libs/backlog/waiting.ts';
import type { DeliveryWaker } from '#libs/backlog/wakeDelivery.ts';
import type { Logger } from '#libs/logging/logger.ts';
import { countTypes, isDead, type Loaded, leavingOf, load } from './batch.ts';
import { CLOCK_TOLERANCE_MS } from './nextStep.ts';
import type { DeliveryObserver, WebhookLookup } from './runParts.ts';

/** Webhooks in one look, and entries of one webhook in one step: bounds on what a step holds in memory. */
const WEBHOOKS_PER_PAGE = 500;
const ENTRIES_PER_STEP = 100;
/** A webhook that was woken and is still overdue is woken again after this long. */
const WAKE_AGAIN_AFTER_MS = 5_000;
/** A webhook that is not activated is looked at this often, to discard what is too old. */
const INACTIVE_EVERY_MS = 60_000;

export interface ReconcileParts {
  readonly backlog: Backlog;
  readonly waiting: Waiting;
  readonly waker: Pick<DeliveryWaker, 'hurry'>;
  readonly directory: WebhookLookup;
  readonly observer: Pick<DeliveryObserver, 'discarded'>;
  readonly clock: () => number;
  readonly eventTtlMs: number;
  /** From now until a run must have begun, at most, whatever the webhook waits for. */
  readonly longestWaitMs: number;
  readonly logger: Logger;
}

/**
 * The safety net: one look at a shard. In: webhooks with pending events whose run is overdue, or so far
 * ahead that the clock must have been set back. Out: a wake-up for those
 * that are activated; for the others, what is too old is discarded; and what belongs to nobody is dropped. It trusts
 * no job, lock, marker or deduplication key, only that a run that begins says so.
 */
export async function reconcile(parts: ReconcileParts, shard: number): Promise<void> {
  const { waiting, clock, directory } = parts;
  await directory.sync();
  const overdueSince = clock();
  const misdatedFrom = overdueSince + Math.max(parts.longestWaitMs, INACTIVE_EVERY_MS) + CLOCK_TOLERANCE_MS;
  await lookAfterAll(parts, () => waiting.overdue(shard, overdueSince, WEBHOOKS_PER_PAGE));
  await lookAfterAll(parts, () => waiting.misdated(shard, misdatedFrom, WEBHOOKS_PER_PAGE));
}

async function lookAfterAll(parts: ReconcileParts, nextPage: () => Promise<number[]>): Promise<void> {
  while (true) {
    const page = await nextPage();
    for (const webhookId of page) await lookAfter(parts, webhookId);
    if (page.length < WEBHOOKS_PER_PAGE) return;
  }
}

async function lookAfter(parts: ReconcileParts, webhookId: number): Promise<void> {
  const { backlog, waiting, waker, directory, clock, logger } = parts;
  // While MySQL is away, whatever is pending is woken: a run looks the webhook up before it sends.
  const webhook = await directory.webhook(webhookId).catch(() => undefined);
  if (webhook === null) {
    const { events, type } = await dropCounted(backlog, webhookId);
    if (type) parts.observer.discarded(webhookId, new Map([[type, events]]), 'deleted');
    logger.info('Dropped the backlog of a webhook that is gone', { webhookId, events });
    return;
  }
  if (webhook && webhook.status !== 'activated') {
    await prune(parts, webhookId);
    await waiting.lookAgainAt(webhookId, clock() + INACTIVE_EVERY_MS);
    return;
  }
  await waiting.lookAgainAt(webhookId, clock() + WAKE_AGAIN_AFTER_MS);
  await waker.hurry(webhookId, await waiting.lane(webhookId));
  logger.info('Woke a webhook whose run was overdue', { webhookId });
}

/** Discards entries and parts of which every event is too old. */
async function prune(parts: ReconcileParts, webhookId: number): Promise<void> {
  const { backlog, clock, eventTtlMs } = parts;
  const far = Number.MAX_SAFE_INTEGER;
  const sources = [
    () => backlog.read(webhookId, null, null, ENTRIES_PER_STEP),
    () => backlog.readAside(webhookId, null, far, ENTRIES_PER_STEP),
  ];
  for (const next of sources) {
    while (true) {
      const found = await next();
      if (found === OVERTAKEN) break;
      const dead = found.map((pending) => load(pending, clock(), eventTtlMs)).filter(isDead);
      await discard(parts, webhookId, dead);
      if (dead.length < ENTRIES_PER_STEP) break;
    }
  }
}

async function discard(parts: ReconcileParts, webhookId: number, units: readonly Loaded[]): Promise<void> {
  if (units.length === 0) return;
  const { removed } = await parts.backlog.settle(webhookId, units.map(leavingOf), { delivered: false });
  const chunks = units.flatMap(({ expired }) => (expired ? [expired] : []));
  if (removed > 0) parts.observer.discarded(webhookId, countTypes(chunks), 'expired');
}
