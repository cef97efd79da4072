/** What became of the work: `busy` when too much is waiting already. */
export type Turn<T> = { readonly kind: 'done'; readonly value: T } | { readonly kind: 'busy' };

/**
 * Lets a limited number of costly works run at a time, a limited number wait, and of those only a few for the same
 * party, so that nobody can fill all the places.
 */
export class Turnstile {
  readonly #atOnce: number;
  readonly #places: number;
  readonly #placesPerParty: number;
  readonly #queue: (() => void)[] = [];
  readonly #present = new Map<string, number>();
  #running = 0;

  constructor(parts: { atOnce: number; places: number; placesPerParty: number }) {
    this.#atOnce = parts.atOnce;
    this.#places = parts.places;
    this.#placesPerParty = parts.placesPerParty;
  }

  async run<T>(party: string, work: () => Promise<T>): Promise<Turn<T>> {
    const present = this.#present.get(party) ?? 0;
    const isFull = this.#running >= this.#atOnce && this.#queue.length >= this.#places;
    if (isFull || present >= this.#placesPerParty) return { kind: 'busy' };
    this.#present.set(party, present + 1);
    try {
      await this.#enter();
      return { kind: 'done', value: await work() };
    } finally {
      this.#leave(party);
    }
  }

  async #enter(): Promise<void> {
    if (this.#running < this.#atOnce) {
      this.#running += 1;
      return;
    }
    await new Promise<void>((resolve) => this.#queue.push(resolve));
  }

  /** The place goes straight to whoever waits longest. */
  #leave(party: string): void {
    const present = (this.#present.get(party) ?? 1) - 1;
    if (present > 0) this.#present.set(party, present);
    else this.#present.delete(party);
    const next = this.#queue.shift();
    if (next) next();
    else this.#running -= 1;
  }
}
