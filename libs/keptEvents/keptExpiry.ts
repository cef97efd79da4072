import type { Logger } from '#libs/logging/logger.ts';
import type { Database } from '#libs/store/database.ts';
import type { KeptReason } from './keptChunk.ts';

const EVERY_MS = 60_000;
/** Short enough to be in nobody's way: some tens of milliseconds. */
const ROWS_PER_DELETE = 500;
/** A lock of MySQL's server, which frees it when its holder dies. */
const LOCK = "CONCAT('postrider:kept:', MD5(DATABASE()))";

export interface ExpiryParts {
  readonly database: Database;
  /** For how long events are kept, by why they are; 0: not at all. */
  readonly days: Readonly<Record<KeptReason, number>>;
  readonly logger: Logger;
  readonly everyMs?: number;
}

/** Deletes kept events whose days are over: a few rows at a time, by one worker at a time. */
export class KeptExpiry {
  readonly #parts: ExpiryParts;
  #timer: NodeJS.Timeout | undefined;
  #isStopping = false;
  #deleting: Promise<void> | null = null;

  constructor(parts: ExpiryParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#deleting ??= this.#deleteAll().finally(() => {
        this.#deleting = null;
      });
    }, this.#parts.everyMs ?? EVERY_MS);
  }

  async close(): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#timer);
    await this.#deleting;
  }

  async #deleteAll(): Promise<void> {
    const { days, logger } = this.#parts;
    try {
      for (const [reason, kept] of Object.entries(days)) {
        let rows = ROWS_PER_DELETE;
        while (rows === ROWS_PER_DELETE && !this.#isStopping) rows = await this.#deleteSome(reason, kept);
      }
    } catch (error) {
      logger.warn('Could not delete kept events that are too old', { error });
    }
  }

  /** How many; none while another worker is at it. By MySQL's clock: a worker whose own is wrong deletes nothing. */
  #deleteSome(reason: string, days: number): Promise<number> {
    return this.#parts.database.run(async (manager) => {
      const [row] = await manager.query(`SELECT GET_LOCK(${LOCK}, 0) AS held`);
      if (Number(row?.held) !== 1) return 0;
      try {
        const { affectedRows } = await manager.query(
          `DELETE FROM kept_chunk WHERE reason = ? AND kept_at < UTC_TIMESTAMP(3) - INTERVAL ? DAY
           ORDER BY kept_at LIMIT ?`,
          [reason, days, ROWS_PER_DELETE],
        );
        return Number(affectedRows);
      } finally {
        await manager.query(`DO RELEASE_LOCK(${LOCK})`);
      }
    });
  }
}
