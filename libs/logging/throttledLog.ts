import type { LogFields } from './logger.ts';

/** At most a line of a kind in this time, however often it happens. */
const INTERVAL_MS = 1_000;

/** Passes on the first line of each kind in a while, with how many were left out since the one before. */
export class ThrottledLog {
  readonly #write: (message: string, fields: LogFields) => void;
  readonly #clock: () => number;
  readonly #kinds = new Map<string, { lastAt: number; omitted: number }>();

  constructor(parts: {
    readonly write: (message: string, fields: LogFields) => void;
    readonly clock: () => number;
  }) {
    this.#write = parts.write;
    this.#clock = parts.clock;
  }

  /** `kind`: one of a few names, not data. */
  line(kind: string, message: string, fields: LogFields): void {
    const now = this.#clock();
    const last = this.#kinds.get(kind);
    if (last && now - last.lastAt < INTERVAL_MS) {
      last.omitted += 1;
      return;
    }
    this.#write(message, { ...fields, omitted: last?.omitted ?? 0 });
    this.#kinds.set(kind, { lastAt: now, omitted: 0 });
  }
}
