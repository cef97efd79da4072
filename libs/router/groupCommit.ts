interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Concurrent callers share one commit: while one is under way, the next group gathers. One at a time, so that
 * what comes in first is written first. A group's result, or failure, goes to all that are in it.
 */
export class GroupCommit<Item, Result> {
  readonly #commit: (items: readonly Item[]) => Promise<Result>;
  readonly #weigh: (item: Item) => number;
  readonly #maxWeight: number;
  readonly #isGathering: () => boolean;
  readonly #waiting: Waiting<Item, Result>[] = [];
  #running = false;

  constructor(parts: {
    readonly commit: (items: readonly Item[]) => Promise<Result>;
    readonly weigh: (item: Item) => number;
    /** Of a group; an item that is heavier makes a group of its own. */
    readonly maxWeight: number;
    /** Whether more is about to arrive that belongs into the group; it may hold it up for a moment only. */
    readonly isGathering?: () => boolean;
  }) {
    this.#commit = parts.commit;
    this.#weigh = parts.weigh;
    this.#maxWeight = parts.maxWeight;
    this.#isGathering = parts.isGathering ?? (() => false);
  }

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#running) return;
      this.#running = true;
      this.#afterThisRound();
    });
  }

  /** What arrived from Redis in the same round of the event loop joins the group. */
  #afterThisRound(): void {
    setImmediate(() => {
      if (this.#isGathering()) this.#afterThisRound();
      else void this.#commitNext();
    });
  }

  async #commitNext(): Promise<void> {
    const group = this.#takeGroup();
    try {
      const result = await this.#commit(group.map(({ item }) => item));
      for (const { resolve } of group) resolve(result);
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
    if (this.#waiting.length > 0) this.#afterThisRound();
    else this.#running = false;
  }

  #takeGroup(): Waiting<Item, Result>[] {
    let weight = 0;
    let length = 0;
    for (const { item } of this.#waiting) {
      weight += this.#weigh(item);
      if (length > 0 && weight > this.#maxWeight) break;
      length += 1;
    }
    return this.#waiting.splice(0, length);
  }
}
