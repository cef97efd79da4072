import type { Failing } from '#libs/backlog/failing.ts';
import type { Standings } from '#libs/backlog/standings.ts';
import type { Webhook } from '#libs/domain/webhook.ts';
import type { Notice } from './notice.ts';
import type { NoticeQueue } from './noticeQueue.ts';

/** Once nothing was discarded for so long, the next one is told again. */
export const QUIET_AFTER_MS = 3_600_000;
/** Beyond it, webhooks are not told of in this interval: something larger is wrong, and shows in the metrics. */
const MAX_WEBHOOKS = 1_000;

export interface DiscardParts {
  readonly failing: Failing;
  readonly standings: Pick<Standings, 'of'>;
  readonly queue: Pick<NoticeQueue, 'add'>;
  readonly directory: { webhook(id: number): Promise<Webhook | null> };
  readonly clock: () => number;
}

/**
 * Discarded events come in, counted in memory, so that nobody waits; a flush now and then makes one notice of the
 * first ones of each webhook, whichever workers discard. A worker that dies takes with it what it has not flushed; the
 * webhook's next event that is discarded is told instead.
 */
export class Discards {
  readonly #parts: DiscardParts;
  #counts = new Map<number, number>();

  constructor(parts: DiscardParts) {
    this.#parts = parts;
  }

  count(webhookId: number, events: number): void {
    const counted = this.#counts.get(webhookId);
    if (counted === undefined && this.#counts.size >= MAX_WEBHOOKS) return;
    this.#counts.set(webhookId, (counted ?? 0) + events);
  }

  /** What could not be told stays for the next time. */
  async flush(): Promise<void> {
    const counts = this.#counts;
    this.#counts = new Map();
    for (const [webhookId, events] of counts) {
      try {
        await this.#flushOne(webhookId, events);
        counts.delete(webhookId);
      } catch (error) {
        for (const [id, count] of counts) this.count(id, count);
        throw error;
      }
    }
  }

  async #flushOne(webhookId: number, events: number): Promise<void> {
    const { failing, standings, queue, directory, clock } = this.#parts;
    const now = clock();
    const last = await failing.discardedAt(webhookId);
    if (last === null || now - last >= QUIET_AFTER_MS) {
      const webhook = await directory.webhook(webhookId);
      if (webhook === null) return;
      const { clientId, type } = webhook;
      const { lastError } = await standings.of(webhookId);
      const notice: Notice = { kind: 'discarding', at: now, webhookId, clientId, type, events };
      // Workers that discard at the same moment mean the same hour.
      const mark = Math.floor(now / QUIET_AFTER_MS);
      await queue.add(lastError === null ? notice : { ...notice, lastError }, mark);
    }
    await failing.markDiscarded(webhookId, now);
  }
}
