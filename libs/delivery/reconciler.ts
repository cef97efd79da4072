import type { KeyLayout } from '#libs/backlog/keys.ts';
import { Repeating } from '#libs/runtime/repeating.ts';
import { type ReconcileParts, reconcile } from './reconcile.ts';

/** How often the whole system (not each worker) looks for webhooks that nobody looks after. */
const EVERY_MS = 5_000;

export interface ReconcilerParts extends ReconcileParts {
  readonly keys: KeyLayout;
  readonly everyMs?: number;
}

/**
 * Looks after each shard once in a while, whatever becomes of any worker: all workers try, and whoever claims a
 * shard's interval first looks. Two looks at once would do no harm. It is a timer and not a BullMQ scheduler because
 * it has to mend what goes wrong in BullMQ, and because an idle queue of its own cost 8 Redis commands a second.
 */
export class Reconciler {
  readonly #parts: ReconcilerParts;
  readonly #repeating: Repeating;

  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
    this.#repeating = new Repeating({ work: () => this.#lookAtAll(), everyMs: this.#everyMs });
  }

  start(): void {
    this.#repeating.start();
  }

  async close(): Promise<void> {
    await this.#repeating.stop();
  }

  get #everyMs(): number {
    return this.#parts.everyMs ?? EVERY_MS;
  }

  async #lookAtAll(): Promise<void> {
    const { keys, waiting, logger } = this.#parts;
    for (let shard = 0; shard < keys.shards; shard += 1) {
      try {
        if (await waiting.claimLook(shard, this.#everyMs)) await reconcile(this.#parts, shard);
      } catch (error) {
        logger.warn('Could not look for webhooks that nobody looks after', { shard, error });
      }
    }
  }
}
