import type { Failing, FailingWebhook } from '#libs/backlog/failing.ts';
import type { Standings } from '#libs/backlog/standings.ts';
import type { NoticeKind } from '#libs/domain/noticeKind.ts';
import { pagesOf } from '#libs/domain/pagesOf.ts';
import type { Webhook } from '#libs/domain/webhook.ts';
import type { Logger } from '#libs/logging/logger.ts';
import { lookFromMs, type NoticeTimes, nextChange } from './nextChange.ts';
import type { Notice } from './notice.ts';
import type { NoticeQueue } from './noticeQueue.ts';

/** Webhooks in one step: bounds what it holds in memory. */
const WEBHOOKS_PER_PAGE = 500;
/** Looked at together: thousands that fail must not take longer than the pause between two looks. */
const WEBHOOKS_AT_ONCE = 50;

export interface LookParts {
  readonly failing: Failing;
  readonly standings: Pick<Standings, 'of'>;
  readonly queue: Pick<NoticeQueue, 'add'>;
  readonly directory: { sync(): Promise<void>; webhook(id: number): Promise<Webhook | null> };
  /** Suspends it and tells all workers so; false when it was not activated any more. */
  readonly suspend: (webhook: Pick<Webhook, 'id' | 'clientId'>) => Promise<boolean>;
  readonly clock: () => number;
  readonly times: NoticeTimes;
  readonly logger: Logger;
}

/**
 * One look at a shard's failing webhooks. In: since when each fails, and what was told of it. Out: notices, and webhooks
 * that are suspended. A notice is added before it is marked as told, under an id that is the same for whoever looks
 * next: a worker that dies in between leaves neither a gap nor a second notice.
 */
export async function look(parts: LookParts, shard: number): Promise<void> {
  const { failing, directory, clock, times } = parts;
  await directory.sync();
  const noticed = await failing.noticed(shard);
  const told = [...noticed].map(([webhookId, since]) => ({ webhookId, since }));
  await forEachOf(told, (each) => lookForRecovery(parts, each));
  const before = clock() - lookFromMs(times);
  for (let offset = 0; ; offset += WEBHOOKS_PER_PAGE) {
    const page = await failing.failingSince(shard, before, { offset, count: WEBHOOKS_PER_PAGE });
    await forEachOf(page, (each) => lookAtFailing(parts, each, noticed.has(each.webhookId)));
    if (page.length < WEBHOOKS_PER_PAGE) return;
  }
}

async function forEachOf<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  for (const some of pagesOf(items, WEBHOOKS_AT_ONCE)) await Promise.all(some.map(work));
}

async function lookForRecovery(parts: LookParts, told: FailingWebhook): Promise<void> {
  const { failing, standings, directory } = parts;
  const { webhookId } = told;
  const webhook = await directory.webhook(webhookId).catch(() => undefined);
  if (webhook === undefined || webhook?.status === 'suspended') return;
  if (webhook?.status !== 'activated') return failing.unmarkNoticed(webhookId);
  const { lane } = await standings.of(webhookId);
  if (lane === 'retries') return;
  await tell(parts, 'recovered', webhook, { since: told.since, mark: told.since });
  await failing.unmarkNoticed(webhookId);
}

async function lookAtFailing(parts: LookParts, each: FailingWebhook, noticed: boolean): Promise<void> {
  const { failing, standings, directory, suspend, clock, times } = parts;
  const { webhookId, since } = each;
  // While MySQL is away, nothing can be said of its status.
  const webhook = await directory.webhook(webhookId).catch(() => undefined);
  if (webhook === undefined) return;
  const { pending } = await standings.of(webhookId);
  const status = webhook?.status ?? null;
  const modified = webhook?.modified.getTime() ?? 0;
  const change = nextChange({ since, noticed, pending, status, modified }, clock(), times);
  if (change === 'none') return;
  if (change === 'rest') return failing.forget(webhookId);
  if (change === 'forget' || webhook === null) return forgetAll(parts, webhookId);
  if (change === 'tellFailing') {
    await tell(parts, 'failing', webhook, { since, mark: since });
    return failing.markNoticed(each);
  }
  if (change === 'suspend' && !((await failing.isStill(each)) && (await suspend(webhook)))) return;
  await tell(parts, 'suspended', webhook, { since, mark: since });
  await forgetAll(parts, webhookId);
}

async function forgetAll({ failing }: LookParts, webhookId: number): Promise<void> {
  await failing.unmarkNoticed(webhookId);
  await failing.forget(webhookId);
}

async function tell(
  { queue, standings, clock }: LookParts,
  kind: NoticeKind,
  { id: webhookId, clientId, type }: Pick<Webhook, 'id' | 'clientId' | 'type'>,
  { since, mark }: { since: number; mark: number },
): Promise<void> {
  const { pending: events, lastError } = await standings.of(webhookId);
  const notice: Notice = { kind, at: clock(), webhookId, clientId, type, since, events };
  await queue.add(lastError === null ? notice : { ...notice, lastError }, mark);
}
