import type { EntityManager } from 'typeorm';
import type { TransmissionError } from '#libs/domain/outcome.ts';
import type { Database } from '#libs/store/database.ts';
import type { LogSecrets } from './logSecrets.ts';
import { dayOf, firstIdAt, timeOfId } from './transmissionId.ts';

/** A transmission as contract §5 tells it. */
export interface Delivery {
  readonly id: number;
  /** When the POST began. */
  readonly at: Date;
  readonly outcome: 'delivered' | 'failed';
  readonly httpStatusCode: number;
  readonly error: TransmissionError | null;
  readonly durationMs: number;
  readonly events: number;
  readonly attemptMin: number;
  readonly attemptMax: number;
  readonly responseBody: string;
}

export interface DeliveryQuery {
  readonly webhookId: number;
  readonly limit: number;
  readonly outcome?: Delivery['outcome'] | undefined;
  /** Epoch ms: from then on, and before that. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** An event's id, mailId or recipientId. */
  readonly search?: string | undefined;
  /** The nextCursor of the page before. */
  readonly before?: number | undefined;
}

export interface DeliveryPage {
  /** Newest first. */
  readonly items: readonly Delivery[];
  /** Null: these were the last. */
  readonly nextCursor: number | null;
}

/** A look through so many rows takes MySQL some ten milliseconds. */
const ROWS_PER_STEP = 5_000;
/** After so long a search answers with what it has found, and where to go on. */
const PATIENCE_MS = 1_000;

const COLUMNS = `id, delivered, http_status AS httpStatusCode, error, duration_ms AS durationMs, events,
  attempt_min AS attemptMin, attempt_max AS attemptMax, response`;

/** The row has the hash, or the one does that has its keys. */
const MATCHES = `LOCATE(?, search_keys) > 0 OR (keys_of <> 0 AND EXISTS (SELECT 1 FROM delivery AS same
  WHERE same.day = delivery.day AND same.webhook_id = delivery.webhook_id AND same.id = delivery.keys_of
  AND LOCATE(?, same.search_keys) > 0))`;

/** The ids of one day that are still to be looked through: from `least` up to, but without, `before`. */
interface Span {
  readonly day: number;
  readonly least: number;
  readonly before: number;
}

/** Reads the delivery log. Rows of a webhook and day lie side by side, in the order of time; a search goes through them. */
export class Deliveries {
  readonly #database: Database;
  readonly #secrets: LogSecrets;
  readonly #patienceMs: number;
  readonly #rowsPerStep: number;

  constructor(parts: {
    database: Database;
    secrets: LogSecrets;
    patienceMs?: number;
    rowsPerStep?: number;
  }) {
    this.#database = parts.database;
    this.#secrets = parts.secrets;
    this.#patienceMs = parts.patienceMs ?? PATIENCE_MS;
    this.#rowsPerStep = parts.rowsPerStep ?? ROWS_PER_STEP;
  }

  /** What was there when the first page was asked for is on the pages once, whatever comes meanwhile. */
  async page(query: DeliveryQuery): Promise<DeliveryPage> {
    const endsAt = performance.now() + this.#patienceMs;
    const { condition, values } = this.#filter(query);
    const found: Delivery[] = [];
    for (const span of await this.#spans(query)) {
      let before: number | null = span.before;
      while (before !== null) {
        const rest: Span = { ...span, before };
        const [floor, rows] = await this.#database.run(async (manager) => {
          const least = condition === '' ? null : await this.#floor(manager, query, rest);
          const step = { ...rest, least: least ?? rest.least };
          return [least, await readRows(manager, { query, span: step, condition, values })] as const;
        });
        found.push(...rows.map((row) => this.#toDelivery(row, query.webhookId)));
        if (found.length > query.limit) return firstOf(found, query.limit);
        if (floor !== null && performance.now() > endsAt) return { items: found, nextCursor: floor };
        before = floor;
      }
    }
    return { items: found, nextCursor: null };
  }

  #filter({ outcome, search }: DeliveryQuery): { condition: string; values: unknown[] } {
    const hashes = search === undefined ? [] : this.#secrets.lookFor(search);
    const matches = hashes.map(() => MATCHES).join(' OR ');
    return {
      condition: [...(outcome ? ['delivered = ?'] : []), ...(matches ? [`(${matches})`] : [])].join(' AND '),
      values: [
        ...(outcome ? [outcome === 'delivered' ? 1 : 0] : []),
        ...hashes.flatMap((hash) => [hash, hash]),
      ],
    };
  }

  /** The days that have rows, the newest first. */
  async #spans({ from, to, before }: DeliveryQuery): Promise<Span[]> {
    const [row] = await this.#database.run((manager) =>
      manager.query('SELECT MIN(day) AS first, MAX(day) AS last FROM delivery'),
    );
    if (row.last === null) return [];
    const least = firstIdAt(from ?? 0);
    const end = Math.min(
      before ?? Number.MAX_SAFE_INTEGER,
      to === undefined ? Number.MAX_SAFE_INTEGER : firstIdAt(to),
    );
    const first = Math.max(Number(row.first), dayOf(timeOfId(least)));
    const last = Math.min(Number(row.last), dayOf(timeOfId(Math.max(0, end - 1))));
    const count = Math.max(0, last - first + 1);
    return Array.from({ length: count }, (_, index) => ({ day: last - index, least, before: end }));
  }

  /** The lowest id of the next step; null when the span has no more than one. */
  async #floor(manager: EntityManager, { webhookId }: DeliveryQuery, span: Span): Promise<number | null> {
    const [row] = await manager.query(
      `SELECT id FROM delivery WHERE day = ? AND webhook_id = ? AND id >= ? AND id < ?
       ORDER BY id DESC LIMIT 1 OFFSET ?`,
      [span.day, webhookId, span.least, span.before, this.#rowsPerStep - 1],
    );
    return row === undefined ? null : Number(row.id);
  }

  #toDelivery({ response, error, delivered, ...row }: Row, webhookId: number): Delivery {
    const id = Number(row.id);
    return {
      ...row,
      id,
      at: new Date(timeOfId(id)),
      outcome: delivered === 1 ? 'delivered' : 'failed',
      error: error === '' ? null : error,
      responseBody: this.#secrets.openResponse(response, webhookId),
    };
  }
}

interface Row {
  readonly id: number | string;
  readonly delivered: number;
  readonly httpStatusCode: number;
  readonly error: TransmissionError | '';
  readonly durationMs: number;
  readonly events: number;
  readonly attemptMin: number;
  readonly attemptMax: number;
  readonly response: Buffer;
}

function readRows(
  manager: EntityManager,
  parts: { query: DeliveryQuery; span: Span; condition: string; values: readonly unknown[] },
): Promise<Row[]> {
  const { query, span, condition, values } = parts;
  return manager.query(
    `SELECT ${COLUMNS} FROM delivery WHERE day = ? AND webhook_id = ? AND id >= ? AND id < ?
     ${condition && `AND ${condition}`} ORDER BY id DESC LIMIT ?`,
    [span.day, query.webhookId, span.least, span.before, ...values, query.limit + 1],
  );
}

/** One more than the limit was found: so there is a page after this one. */
function firstOf(found: readonly Delivery[], limit: number): DeliveryPage {
  const items = found.slice(0, limit);
  return { items, nextCursor: items.at(-1)?.id ?? null };
}
