import { randomBytes } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { pagesOf } from '#libs/domain/pagesOf.ts';
import type { Database } from '#libs/store/database.ts';
import type { TransmissionRecord } from './record.ts';
import type { Growth } from './statistics.ts';
import { dayOf, timeOfId } from './transmissionId.ts';

/** What is written at once, all of it or nothing. */
export interface Portion {
  /** From 1 and rising; the same again for what is tried again. */
  readonly number: number;
  readonly records: readonly TransmissionRecord[];
  readonly growths: readonly Growth[];
}

/** Rows of one statement: bounds its text, and for how long it holds locks. */
const GROWTHS_PER_STATEMENT = 2_000;

/** In `keys_of`: the row has its search keys itself. */
const OWN_KEYS = 0;

const INSERT_RECORDS = `
  INSERT INTO delivery (day, webhook_id, id, delivered, http_status, error, duration_ms, events, attempt_min,
    attempt_max, response, keys_of, search_keys)
  VALUES ? ON DUPLICATE KEY UPDATE id = VALUES(id)`;
const ADD_GROWTHS = `
  INSERT INTO webhook_statistics (hour, webhook_id, measure, amount)
  VALUES ? ON DUPLICATE KEY UPDATE amount = amount + VALUES(amount)`;
const KNOW_WRITER = `
  INSERT INTO delivery_log_writer (writer, written, day)
  VALUES (?, 0, ?) ON DUPLICATE KEY UPDATE day = VALUES(day)`;
const MARK_WRITTEN = 'UPDATE delivery_log_writer SET written = ? WHERE writer = ? AND written < ?';

/** Writes the log, in bulk. Each portion is written once, however often it is tried: the last one's number stands beside. */
export class LogStore {
  readonly #database: Database;
  readonly #clock: () => number;
  readonly #writer = randomBytes(16);

  constructor(parts: { database: Database; clock: () => number }) {
    this.#database = parts.database;
    this.#clock = parts.clock;
  }

  write(portion: Portion): Promise<void> {
    return this.#database.run((manager) => manager.transaction((inside) => this.#writeOnce(inside, portion)));
  }

  async #writeOnce(manager: EntityManager, { number, records, growths }: Portion): Promise<void> {
    await manager.query(KNOW_WRITER, [this.#writer, dayOf(this.#clock())]);
    const marked: { affectedRows: number } = await manager.query(MARK_WRITTEN, [
      number,
      this.#writer,
      number,
    ]);
    // A try that seemed to fail has written it.
    if (marked.affectedRows === 0) return;
    if (records.length > 0) await manager.query(INSERT_RECORDS, [records.map(toRow)]);
    // In one order, so that no two writers wait for each other.
    const sorted = growths.toSorted(byKey);
    for (const page of pagesOf(sorted, GROWTHS_PER_STATEMENT)) {
      await manager.query(ADD_GROWTHS, [page.map(toGrowthRow)]);
    }
  }
}

function toRow(record: TransmissionRecord): unknown[] {
  return [
    dayOf(timeOfId(record.id)),
    record.webhookId,
    record.id,
    record.delivered ? 1 : 0,
    record.httpStatusCode,
    record.error ?? '',
    Math.round(record.durationMs),
    record.events,
    record.attemptMin,
    record.attemptMax,
    record.response,
    record.keysOf ?? OWN_KEYS,
    record.searchKeys,
  ];
}

function toGrowthRow({ hour, webhookId, measure, amount }: Growth): number[] {
  return [hour, webhookId, measure, amount];
}

function byKey(a: Growth, b: Growth): number {
  return a.hour - b.hour || a.webhookId - b.webhookId || a.measure - b.measure;
}
