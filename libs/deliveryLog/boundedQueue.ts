interface Held<Item> {
  readonly item: Item;
  readonly bytes: number;
}

/** A queue in memory that is bounded by entries and bytes: what is too much pushes the oldest out. */
export class BoundedQueue<Item> {
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  #held: (Held<Item> | undefined)[] = [];
  /** Where the oldest is; before it, all have gone. */
  #head = 0;
  #bytes = 0;

  constructor({ maxEntries, maxBytes }: { maxEntries: number; maxBytes: number }) {
    this.#maxEntries = maxEntries;
    this.#maxBytes = maxBytes;
  }

  get length(): number {
    return this.#held.length - this.#head;
  }

  /** Says how many were pushed out for it. */
  add(item: Item, bytes: number): number {
    this.#held.push({ item, bytes });
    this.#bytes += bytes;
    let dropped = 0;
    while (this.length > 1 && (this.length > this.#maxEntries || this.#bytes > this.#maxBytes)) {
      this.#shift();
      dropped += 1;
    }
    return dropped;
  }

  /** The oldest: at most so many, and no more than so many bytes unless it is one. */
  take({ maxEntries, maxBytes }: { maxEntries: number; maxBytes: number }): Item[] {
    const taken: Item[] = [];
    let bytes = 0;
    while (taken.length < maxEntries) {
      const next = this.#held[this.#head];
      if (!next || (taken.length > 0 && bytes + next.bytes > maxBytes)) break;
      bytes += next.bytes;
      taken.push(next.item);
      this.#shift();
    }
    return taken;
  }

  #shift(): void {
    this.#bytes -= this.#held[this.#head]?.bytes ?? 0;
    this.#held[this.#head] = undefined;
    this.#head += 1;
    // Not each time, so that a step costs the same however long the queue is.
    if (this.#head * 2 < this.#held.length) return;
    this.#held = this.#held.slice(this.#head);
    this.#head = 0;
  }
}
