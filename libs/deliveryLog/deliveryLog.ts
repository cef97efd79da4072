import { setTimeout as sleep } from 'node:timers/promises';
import { httpStatusCode, type Outcome, transmissionError } from '#libs/domain/outcome.ts';
import type { Logger } from '#libs/logging/logger.ts';
import { ThrottledLog } from '#libs/logging/throttledLog.ts';
import { StoreUnavailable } from '#libs/store/storeErrors.ts';
import { BoundedQueue } from './boundedQueue.ts';
import type { LogSecrets } from './logSecrets.ts';
import type { LogStore, Portion } from './logStore.ts';
import { bytesOf, type TransmissionRecord } from './record.ts';
import { RepeatedBatches } from './repeatedBatches.ts';
import { type Count, measureOf, measureOfDuration, Tally } from './statistics.ts';
import { createIds, hourOf } from './transmissionId.ts';

/** How long a row waits at most while MySQL keeps up. */
const WRITE_EVERY_MS = 1_000;
/** A statement of this size takes MySQL some ten milliseconds. */
const PORTION = { maxEntries: 500, maxBytes: 1_048_576 };
const COUNTERS_PER_PORTION = 10_000;
/** What waits while MySQL is away or slow: some ten seconds of a worker at full speed, hours of an ordinary one. */
const WAITING = { maxEntries: 20_000, maxBytes: 16_777_216 };
/** Of webhooks and hours; their growth is kept while rows are dropped. */
const MAX_COUNTERS = 200_000;

const NO_KEYS = Buffer.alloc(0);

/** One POST and what came of it; `jsons`: the events that it carried, as they are sent, in any number of pieces. */
export interface LoggedTransmission {
  readonly webhookId: number;
  /** When the POST began, epoch ms. */
  readonly at: number;
  readonly outcome: Outcome;
  readonly events: number;
  readonly attemptMin: number;
  readonly attemptMax: number;
  readonly jsons: readonly Buffer[];
  /** The same for two transmissions of a webhook that carry the same events, and only for them. */
  readonly batchKey: string;
}

export interface DeliveryLogParts {
  readonly store: Pick<LogStore, 'write'>;
  readonly secrets: LogSecrets;
  readonly logger: Logger;
  /** Epoch ms. */
  readonly clock: () => number;
  readonly random: () => number;
  /** Rows, or counters, that will never be written. */
  readonly onDropped: (count: number) => void;
}

/**
 * What happened comes in and waits in memory; rows and counters go to MySQL, a portion at a time. Nobody ever waits for
 * it, it never throws, and what it can't hold it drops, the oldest first: a log is no reason to deliver late or twice.
 */
export class DeliveryLog {
  readonly #parts: DeliveryLogParts;
  readonly #warnings: ThrottledLog;
  readonly #newId: (at: number) => number;
  readonly #rows = new BoundedQueue<TransmissionRecord>(WAITING);
  readonly #tally = new Tally({ maxCounters: MAX_COUNTERS });
  readonly #repeated = new RepeatedBatches();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | null = null;
  /** It is tried again, just as it is, until it is known to be written. */
  #portion: Portion | null = null;
  #portions = 0;
  #isAway = false;

  constructor(parts: DeliveryLogParts) {
    const { logger, clock } = parts;
    this.#parts = parts;
    this.#newId = createIds(parts.random);
    this.#warnings = new ThrottledLog({ write: (message, fields) => logger.warn(message, fields), clock });
  }

  transmitted(transmission: LoggedTransmission): void {
    this.#safely(() => {
      const { webhookId, at, outcome, events } = transmission;
      this.#count({ webhookId, at }, outcome.kind === 'accepted' ? 'delivered' : 'failed', events);
      this.#grow({ webhookId, at }, measureOfDuration(outcome.durationMs), 1);
      const record = this.#toRecord(transmission);
      this.#dropped(this.#rows.add(record, bytesOf(record)));
      if (this.#rows.length >= PORTION.maxEntries && !this.#isAway) this.#write();
    });
  }

  received(webhookId: number, events: number): void {
    this.#safely(() => this.#count({ webhookId, at: this.#parts.clock() }, 'received', events));
  }

  discarded(webhookId: number, events: number): void {
    this.#safely(() => this.#count({ webhookId, at: this.#parts.clock() }, 'discarded', events));
  }

  start(): void {
    this.#timer = setInterval(() => this.#write(), WRITE_EVERY_MS);
  }

  /** Writes what waits, for at most `patienceMs`; what is left then is dropped. */
  async close(patienceMs: number): Promise<void> {
    clearInterval(this.#timer);
    const giveUp = new AbortController();
    const late = sleep(patienceMs, undefined, { signal: giveUp.signal }).catch(() => undefined);
    await Promise.race([late, this.#writeRest()]);
    giveUp.abort();
    const records = (this.#portion?.records.length ?? 0) + this.#rows.length;
    this.#dropped(records);
  }

  #toRecord(transmission: LoggedTransmission): TransmissionRecord {
    const { at, outcome, jsons, batchKey: _, ...fields } = transmission;
    const { secrets } = this.#parts;
    const body = 'responseBody' in outcome ? outcome.responseBody : '';
    const id = this.#newId(at);
    const keysOf = this.#repeated.keysOf(transmission, id);
    return {
      ...fields,
      id,
      delivered: outcome.kind === 'accepted',
      httpStatusCode: httpStatusCode(outcome),
      error: transmissionError(outcome),
      durationMs: outcome.durationMs,
      response: secrets.sealResponse(body, fields.webhookId),
      keysOf,
      searchKeys: keysOf === null ? secrets.searchKeys(jsons) : NO_KEYS,
    };
  }

  #count(where: { webhookId: number; at: number }, count: Count, events: number): void {
    this.#grow(where, measureOf(count), events);
  }

  #grow({ webhookId, at }: { webhookId: number; at: number }, measure: number, amount: number): void {
    const hasPlace = this.#tally.add({ hour: hourOf(at), webhookId, measure, amount });
    if (!hasPlace) this.#dropped(1);
  }

  #dropped(count: number): void {
    if (count === 0) return;
    this.#parts.onDropped(count);
    this.#warnings.line('dropped', 'Rows of the delivery log were dropped', { rows: count });
  }

  /** Whatever is wrong with the log, the delivery goes on: an exception would send the batch again. */
  #safely(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#parts.onDropped(1);
      this.#warnings.line('broken', 'A transmission could not be logged', { error });
    }
  }

  #write(): void {
    this.#writing ??= this.#writeFullPortions().finally(() => {
      this.#writing = null;
    });
  }

  async #writeFullPortions(): Promise<void> {
    while (await this.#writeNext()) {
      if (this.#rows.length < PORTION.maxEntries && this.#tally.size < COUNTERS_PER_PORTION) return;
    }
  }

  async #writeRest(): Promise<void> {
    await this.#writing;
    while (await this.#writeNext());
  }

  /** False when nothing waits, or nothing can be written now. */
  async #writeNext(): Promise<boolean> {
    this.#portion ??= this.#nextPortion();
    if (!this.#portion) return false;
    try {
      await this.#parts.store.write(this.#portion);
      this.#isAway = false;
    } catch (error) {
      this.#isAway = error instanceof StoreUnavailable;
      const what = this.#isAway
        ? 'The delivery log waits for MySQL'
        : 'A portion of the delivery log is lost';
      this.#warnings.line('write', what, { error, rows: this.#rows.length });
      if (this.#isAway) return false;
      // It would fail for ever, and hold up all that follows.
      this.#dropped(this.#portion.records.length);
    }
    this.#portion = null;
    return true;
  }

  #nextPortion(): Portion | null {
    const records = this.#rows.take(PORTION);
    const growths = this.#tally.take(COUNTERS_PER_PORTION);
    if (records.length === 0 && growths.length === 0) return null;
    this.#portions += 1;
    return { number: this.#portions, records, growths };
  }
}
