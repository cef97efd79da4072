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
  readonly #inOrder: (items: readonly Waiting<Item, Result>[]) => Waiting<Item, Result>[];
  #waiting: Waiting<Item, Result>[] = [];
  #running = false;

  constructor(parts: {
    readonly commit: (items: readonly Item[]) => Promise<Result>;
    readonly weigh: (item: Item) => number;
    /** Of a group; an item that is heavier makes a group of its own. */
    readonly maxWeight: number;
    /** Whether more is about to arrive that belongs into the group; it may hold it up for a moment only. */
    readonly isGathering?: () => boolean;
    /** What is less goes first, among all that wait; left out: what came first. */
    readonly compare?: (a: Item, b: Item) => number;
  }) {
    this.#commit = parts.commit;
    this.#weigh = parts.weigh;
    this.#maxWeight = parts.maxWeight;
    this.#isGathering = parts.isGathering ?? (() => false);
    const { compare } = parts;
    this.#inOrder = (items) => (compare ? items.toSorted((a, b) => compare(a.item, b.item)) : [...items]);
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
    // Before the cut, so that nothing is left for the next group that should be before this one.
    this.#waiting = this.#inOrder(this.#waiting);
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
