import { setTimeout as sleep } from 'node:timers/promises';
import type { WebhookStatus } from '#libs/domain/webhook.ts';
import type { Logger } from '#libs/logging/logger.ts';

/** Tells the workers that what they know of a webhook is old. */
export interface WebhookChanges {
  announce(change: { clientId: number; webhookId: number }): Promise<void>;
}

/** The events that wait for a webhook. */
export interface PendingEvents {
  /** Tries at once, rather than when the next retry is due. */
  wake(webhookId: number): Promise<void>;
  drop(webhookId: number): Promise<unknown>;
}

interface Changed {
  readonly id: number;
  readonly clientId: number;
  readonly status: WebhookStatus;
}

/** A caller never waits longer for what is only a courtesy to the workers. */
const NOTICE_TIMEOUT_MS = 500;

/**
 * Passes a change of a webhook on, before the API answers. A change stands once MySQL has it: while Redis is away
 * the workers learn of it a few seconds later by themselves, and the reconciler drops what a deleted webhook left.
 */
export class ChangeNotices {
  readonly #changes: WebhookChanges;
  readonly #pending: PendingEvents;
  readonly #logger: Logger;

  constructor(parts: { changes: WebhookChanges; pending: PendingEvents; logger: Logger }) {
    this.#changes = parts.changes;
    this.#pending = parts.pending;
    this.#logger = parts.logger;
  }

  /** Created, updated, activated or deactivated. */
  async changed({ id, clientId, status }: Changed): Promise<void> {
    // In this order: a delivery that is woken first would still see the old webhook.
    await this.#attempt('announce a change', id, () => this.#changes.announce({ clientId, webhookId: id }));
    if (status === 'activated') await this.#attempt('wake the delivery', id, () => this.#pending.wake(id));
  }

  async removed({ id, clientId }: Omit<Changed, 'status'>): Promise<void> {
    await this.#attempt('announce a deletion', id, () => this.#changes.announce({ clientId, webhookId: id }));
    await this.#attempt('drop the pending events', id, () => this.#pending.drop(id));
  }

  async #attempt(what: string, webhookId: number, act: () => Promise<unknown>): Promise<void> {
    const timer = new AbortController();
    const late = sleep(NOTICE_TIMEOUT_MS, undefined, { signal: timer.signal }).then(() => {
      throw new Error(`no answer within ${NOTICE_TIMEOUT_MS} ms`);
    });
    try {
      await Promise.race([act(), late]);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#logger.warn(`Could not ${what}; the workers will notice by themselves.`, { webhookId, reason });
    } finally {
      timer.abort();
      late.catch(() => undefined);
    }
  }
}
