import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#libs/logging/logger.ts';
import type { Database } from '#libs/store/database.ts';
import { StoreUnavailable } from '#libs/store/storeErrors.ts';

const EVERY_MS = 60_000;
/** Of one statement: a few milliseconds, at the begin of the table, where nobody writes. */
const ROWS_PER_SLICE = 2_000;
/** Between two slices, so that what is written meanwhile hardly notices. */
const PAUSE_MS = 20;

/**
 * What is too old, by MySQL's clock: a process whose own is wrong deletes nothing. Each table's rows lie by time, so that
 * nothing else is looked at.
 */
const DELETIONS = [
  'DELETE FROM delivery WHERE day < FLOOR(UNIX_TIMESTAMP() / 86400) - ? LIMIT ?',
  'DELETE FROM webhook_statistics WHERE hour < (FLOOR(UNIX_TIMESTAMP() / 86400) - ?) * 24 LIMIT ?',
  'DELETE FROM delivery_log_writer WHERE day < FLOOR(UNIX_TIMESTAMP() / 86400) - ? LIMIT ?',
];

const LOCK = "CONCAT('postrider-log:', MD5(DATABASE()))";

export interface LogExpiryParts {
  readonly database: Database;
  /** Whole days (UTC) that are kept beside the current one. */
  readonly days: number;
  readonly logger: Logger;
  readonly everyMs?: number;
  readonly rowsPerSlice?: number;
}

/** Deletes what the delivery log has kept for long enough, in slices; one process at a time, whoever comes first. */
export class LogExpiry {
  readonly #parts: LogExpiryParts;
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #expiring: Promise<void> | null = null;

  constructor(parts: LogExpiryParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#expiring ??= this.expire().finally(() => {
        this.#expiring = null;
      });
    }, this.#parts.everyMs ?? EVERY_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopping.abort();
    await this.#expiring;
  }

  /** Until nothing is left that is too old. */
  async expire(): Promise<void> {
    const { logger, rowsPerSlice = ROWS_PER_SLICE } = this.#parts;
    try {
      for (const deletion of DELETIONS) {
        let deleted = rowsPerSlice;
        while (deleted === rowsPerSlice && !this.#stopping.signal.aborted) {
          deleted = await this.#deleteSlice(deletion, rowsPerSlice);
          if (deleted > 0) await sleep(PAUSE_MS);
        }
      }
    } catch (error) {
      if (error instanceof StoreUnavailable) return;
      logger.warn('Old rows of the delivery log could not be deleted', { error });
    }
  }

  /** How many rows; 0 when another process is at it. */
  #deleteSlice(deletion: string, rows: number): Promise<number> {
    const { database, days } = this.#parts;
    return database.run(async (manager) => {
      const [lock] = await manager.query(`SELECT GET_LOCK(${LOCK}, 0) AS held`);
      if (Number(lock.held) !== 1) return 0;
      try {
        const { affectedRows } = await manager.query(deletion, [days, rows]);
        return affectedRows;
      } finally {
        await manager.query(`SELECT RELEASE_LOCK(${LOCK})`);
      }
    });
  }
}
