import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#libs/logging/logger.ts';
import { Repeating } from '#libs/runtime/repeating.ts';
import type { Database } from './database.ts';
import { StoreUnavailable } from './storeErrors.ts';

const EVERY_MS = 60_000;
/** Of one statement: some milliseconds. */
const ROWS_PER_SLICE = 2_000;
/** Between two slices, so that what is written meanwhile hardly notices. */
const PAUSE_MS = 20;

/** A DELETE of rows that are too old, whose last placeholder is how many at most. */
export interface Deletion {
  readonly sql: string;
  readonly values: readonly unknown[];
}

export interface RowExpiryParts {
  readonly database: Database;
  readonly deletions: readonly Deletion[];
  /** Of MySQL's server; a few plain characters. */
  readonly lock: string;
  /** Whose rows, for the log. */
  readonly what: string;
  readonly logger: Logger;
  readonly everyMs?: number;
  readonly rowsPerSlice?: number;
}

/** Deletes what was kept for long enough, in slices; one process at a time, whoever comes first. */
export class RowExpiry {
  readonly #parts: RowExpiryParts;
  readonly #stopping = new AbortController();
  readonly #repeating: Repeating;

  constructor(parts: RowExpiryParts) {
    this.#parts = parts;
    this.#repeating = new Repeating({ work: () => this.expire(), everyMs: parts.everyMs ?? EVERY_MS });
  }

  start(): void {
    this.#repeating.start();
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#repeating.stop();
  }

  /** Until nothing is left that is too old. */
  async expire(): Promise<void> {
    const { deletions, what, logger, rowsPerSlice = ROWS_PER_SLICE } = this.#parts;
    try {
      for (const deletion of deletions) {
        let deleted = rowsPerSlice;
        while (deleted === rowsPerSlice && !this.#stopping.signal.aborted) {
          deleted = await this.#deleteSlice(deletion, rowsPerSlice);
          if (deleted > 0) await sleep(PAUSE_MS);
        }
      }
    } catch (error) {
      if (error instanceof StoreUnavailable) return;
      logger.warn('Rows that are too old could not be deleted', { what, error });
    }
  }

  /** How many rows; 0 when another process is at it. The server frees the lock of a process that dies. */
  #deleteSlice({ sql, values }: Deletion, rows: number): Promise<number> {
    const { database, lock } = this.#parts;
    // Locks are the server's, not the database's; 64 characters at most.
    const name = `CONCAT('${lock}:', MD5(DATABASE()))`;
    return database.run(async (manager) => {
      const [row] = await manager.query(`SELECT GET_LOCK(${name}, 0) AS held`);
      if (Number(row.held) !== 1) return 0;
      try {
        const { affectedRows } = await manager.query(sql, [...values, rows]);
        return affectedRows;
      } finally {
        await manager.query(`SELECT RELEASE_LOCK(${name})`);
      }
    });
  }
}
