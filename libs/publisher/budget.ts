/** How much is held in memory at once. Whoever wants more than is free waits in line. */
export interface Amount {
  readonly events: number;
  readonly bytes: number;
}

export class Budget {
  readonly #limit: Amount;
  #events = 0;
  #bytes = 0;
  readonly #line: { readonly amount: Amount; readonly enter: () => void }[] = [];

  constructor(limit: Amount) {
    this.#limit = limit;
  }

  /** Resolves once `amount` fits. An amount above the whole limit is let in when nothing else is. */
  take(amount: Amount): Promise<void> {
    return new Promise((enter) => {
      this.#line.push({ amount, enter });
      this.#admit();
    });
  }

  give(amount: Amount): void {
    this.#events -= amount.events;
    this.#bytes -= amount.bytes;
    this.#admit();
  }

  #admit(): void {
    for (let next = this.#line[0]; next && this.#fits(next.amount); next = this.#line[0]) {
      this.#line.shift();
      this.#events += next.amount.events;
      this.#bytes += next.amount.bytes;
      next.enter();
    }
  }

  #fits({ events, bytes }: Amount): boolean {
    if (this.#events === 0) return true;
    return this.#events + events <= this.#limit.events && this.#bytes + bytes <= this.#limit.bytes;
  }
}
