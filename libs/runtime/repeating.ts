/** Does some work every `everyMs`, and never twice at once: what is due meanwhile is left out. */
export class Repeating {
  readonly #work: () => Promise<void>;
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | null = null;

  /** `work` handles its own failures. */
  constructor({ work, everyMs }: { work: () => Promise<void>; everyMs: number }) {
    this.#work = work;
    this.#everyMs = everyMs;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#working ??= this.#work().finally(() => {
        this.#working = null;
      });
    }, this.#everyMs);
  }

  /** Resolves when what is under way has ended. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#working;
  }
}
