import type { KeyLayout } from '#libs/backlog/keys.ts';
import { Repeating } from '#libs/runtime/repeating.ts';
import { Discards, QUIET_AFTER_MS } from './discards.ts';
import { type LookParts, look } from './look.ts';

/** How often the whole system (not each worker) looks, and each worker tells what it has discarded. */
const EVERY_MS = 5_000;

export interface WatcherParts extends LookParts {
  readonly keys: KeyLayout;
  readonly everyMs?: number;
}

/**
 * Looks in the background for what is to be told: no delivery waits for it. All workers try, and whoever claims a
 * shard's interval first looks; two looks at once would tell nothing twice.
 */
export class Watcher {
  readonly discards: Discards;
  readonly #parts: WatcherParts;
  readonly #repeating: Repeating;

  constructor(parts: WatcherParts) {
    this.#parts = parts;
    this.discards = new Discards(parts);
    this.#repeating = new Repeating({ work: () => this.#lookAtAll(), everyMs: this.#everyMs });
  }

  start(): void {
    this.#repeating.start();
  }

  async close(): Promise<void> {
    await this.#repeating.stop();
    await this.#try('discarded events', () => this.discards.flush());
  }

  get #everyMs(): number {
    return this.#parts.everyMs ?? EVERY_MS;
  }

  async #lookAtAll(): Promise<void> {
    await this.#try('discarded events', () => this.discards.flush());
    const { keys, failing, clock } = this.#parts;
    for (let shard = 0; shard < keys.shards; shard += 1) {
      await this.#try(`shard ${shard}`, async () => {
        if (!(await failing.claimLook(shard, this.#everyMs))) return;
        await failing.forgetDiscarded(shard, clock() - QUIET_AFTER_MS);
        await look(this.#parts, shard);
      });
    }
  }

  async #try(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#parts.logger.warn('Could not look for what is to be told', { what, error });
    }
  }
}
