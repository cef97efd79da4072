import { setTimeout as sleep } from 'node:timers/promises';

/** A connection that can be cut, or go silent, and pass on again. */
interface Line {
  cut(): Promise<void>;
  hang(): void;
  pass(): Promise<void>;
}

/** Faults overlap: what several of them have cut passes on again when the last one is over, not the first. */
export class Cuts {
  readonly #faults = new Map<Line, number>();

  /** Resolves when the fault is over. */
  async cutOff(
    lines: readonly Line[],
    { forMs, silently }: { forMs: number; silently: boolean },
  ): Promise<void> {
    await Promise.all(lines.map((line) => this.#begin(line, silently)));
    await sleep(forMs);
    await Promise.all(lines.map((line) => this.#end(line)));
  }

  async #begin(line: Line, silently: boolean): Promise<void> {
    this.#faults.set(line, (this.#faults.get(line) ?? 0) + 1);
    await (silently ? line.hang() : line.cut());
  }

  async #end(line: Line): Promise<void> {
    const left = (this.#faults.get(line) ?? 1) - 1;
    this.#faults.set(line, left);
    if (left === 0) await line.pass();
  }
}
