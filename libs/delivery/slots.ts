/** How long a target may take for an answer before the slot goes to somebody else meanwhile. */
const PATIENCE_MS = 100;

/** The slot of a run. */
export interface Slot {
  /** Waits for a target: without the slot, if it takes long. */
  whileWaiting<Result>(answer: Promise<Result>): Promise<Result>;
}

/**
 * How many runs work at once. A run that only waits for its target lends its slot out, so that targets that hang
 * or are slow hold up nobody, whether or not it is known of them already. It gets its slot back at once, even if
 * then more than `limit` are in use for a moment: what has come in must not wait.
 */
export class Slots {
  readonly #limit: number;
  readonly #line: (() => void)[] = [];
  #used = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whoever comes first gets the next free slot. */
  async use<Result>(work: (slot: Slot) => Promise<Result>): Promise<Result> {
    if (this.#used >= this.#limit) await new Promise<void>((enter) => this.#line.push(enter));
    else this.#used += 1;
    try {
      return await work({ whileWaiting: (answer) => this.#lendDuring(answer) });
    } finally {
      this.#free();
    }
  }

  async #lendDuring<Result>(answer: Promise<Result>): Promise<Result> {
    let lent = false;
    const timer = setTimeout(() => {
      lent = true;
      this.#free();
    }, PATIENCE_MS);
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
      if (lent) this.#used += 1;
    }
  }

  /** The next in line takes it over, unless more are in use than there should be. */
  #free(): void {
    const next = this.#used <= this.#limit ? this.#line.shift() : undefined;
    if (next) next();
    else this.#used -= 1;
  }
}
