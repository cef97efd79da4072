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

/**
 * How long a caller waits for the workers to be told: longer than a connection that Redis takes again needs to come
 * back, because events may be published as soon as the caller has the answer.
 */
const PATIENCE_MS = 1_200;
const TRY_AGAIN_MS = 100;
/** In the background, until Redis is back. By then the workers have doubted what they know (see worker.ts). */
const TRY_LATER_MS = 500;
/** Beyond it the workers notice by themselves, within some seconds. */
const MAX_NOTICES_LATER = 1_000;

/**
 * Passes a change of a webhook on, before the API answers. A change stands once MySQL has it: while Redis is away the
 * answer does not wait, but the notice follows as soon as it can.
 */
export class ChangeNotices {
  readonly #changes: WebhookChanges;
  readonly #pending: PendingEvents;
  readonly #logger: Logger;
  #later = 0;

  constructor(parts: { changes: WebhookChanges; pending: PendingEvents; logger: Logger }) {
    this.#changes = parts.changes;
    this.#pending = parts.pending;
    this.#logger = parts.logger;
  }

  /** Created, updated, activated or deactivated. */
  changed({ id, clientId, status }: Changed): Promise<void> {
    return this.#give(id, async () => {
      // In this order: a delivery that is woken first would still see the old webhook.
      await this.#changes.announce({ clientId, webhookId: id });
      if (status === 'activated') await this.#pending.wake(id);
    });
  }

  removed({ id, clientId }: Omit<Changed, 'status'>): Promise<void> {
    return this.#give(id, async () => {
      await this.#changes.announce({ clientId, webhookId: id });
      await this.#pending.drop(id);
    });
  }

  async #give(webhookId: number, notice: () => Promise<void>): Promise<void> {
    const giving = new Giving(notice);
    const isGiven = await Promise.race([giving.end, sleep(PATIENCE_MS, false, { ref: false })]);
    if (isGiven) return;
    this.#logger.warn('Could not announce a change yet; trying on.', { webhookId, reason: giving.problem });
    if (this.#later >= MAX_NOTICES_LATER) return giving.giveUp();
    this.#later += 1;
    void giving.end.finally(() => {
      this.#later -= 1;
    });
  }
}

/** One notice, given again and again until it succeeds. */
class Giving {
  /** Resolves to whether it was given. */
  readonly end: Promise<boolean>;
  problem = `no answer within ${PATIENCE_MS} ms`;
  #givenUp = false;

  constructor(notice: () => Promise<void>) {
    this.end = this.#give(notice);
  }

  giveUp(): void {
    this.#givenUp = true;
  }

  async #give(notice: () => Promise<void>): Promise<boolean> {
    const startedAt = Date.now();
    while (!this.#givenUp) {
      try {
        await notice();
        return true;
      } catch (error) {
        this.problem = error instanceof Error ? error.message : String(error);
      }
      const isSoon = Date.now() - startedAt < PATIENCE_MS;
      await sleep(isSoon ? TRY_AGAIN_MS : TRY_LATER_MS, undefined, { ref: false });
    }
    return false;
  }
}
