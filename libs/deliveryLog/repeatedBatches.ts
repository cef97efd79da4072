import { LRUCache } from 'lru-cache';
import type { Outcome } from '#libs/domain/outcome.ts';
import { dayOf } from './transmissionId.ts';

/** Batches remembered: a hundred bytes each. A worker tries fewer that fail within one interval of retries. */
const MAX_BATCHES = 20_000;

interface Tried {
  readonly webhookId: number;
  readonly at: number;
  readonly outcome: Outcome;
  readonly batchKey: string;
}

/**
 * Which transmission has the search keys of a batch that is tried again. A dead endpoint gets the same batch every 10
 * seconds for 72 hours: its keys are written once a day, and not 8,640 times. Within a day only, as days expire whole.
 */
export class RepeatedBatches {
  readonly #failed = new LRUCache<string, number>({ max: MAX_BATCHES });

  /** The id of the earlier transmission; null: there is none, and `id` is to have the keys. */
  keysOf({ webhookId, at, outcome, batchKey }: Tried, id: number): number | null {
    const key = `${webhookId} ${dayOf(at)} ${batchKey}`;
    const earlier = this.#failed.get(key) ?? null;
    if (outcome.kind === 'accepted') this.#failed.delete(key);
    else if (earlier === null) this.#failed.set(key, id);
    return earlier;
  }
}
