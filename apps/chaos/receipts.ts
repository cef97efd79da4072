import type { Parcel, Post } from './ledger.ts';

interface Receipt {
  readonly accepted: Uint8Array;
  /** How many of those were answered. */
  readonly answered: Uint8Array;
  readonly attempts: Uint16Array;
}

/** How often each event was accepted, and its last attempt, by endpoint. Millions of events in little memory. */
export class Receipts {
  readonly #receipts = new Map<string, Receipt>();

  /** Notes one event of a POST, and says what was known of it before. */
  note(post: Post, parcel: Parcel, index: number, attempt: number): { answered: number; attempt: number } {
    const { accepted, answered, attempts } = this.#receipt(post.endpoint, parcel);
    const before = { answered: answered[index] ?? 0, attempt: attempts[index] ?? 0 };
    attempts[index] = attempt;
    if (post.accepted) accepted[index] = (accepted[index] ?? 0) + 1;
    if (post.accepted && post.answered) answered[index] = before.answered + 1;
    return before;
  }

  accepted(endpoint: string, parcel: Parcel, index: number): number {
    return this.#receipts.get(`${endpoint} ${parcel.id}`)?.accepted[index] ?? 0;
  }

  #receipt(endpoint: string, { id, events }: Parcel): Receipt {
    const key = `${endpoint} ${id}`;
    let receipt = this.#receipts.get(key);
    if (!receipt) {
      receipt = {
        accepted: new Uint8Array(events),
        answered: new Uint8Array(events),
        attempts: new Uint16Array(events),
      };
      this.#receipts.set(key, receipt);
    }
    return receipt;
  }
}
