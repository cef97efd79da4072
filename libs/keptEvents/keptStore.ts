import type { EntityManager } from 'typeorm';
import { type Chunk, cut, decodeChunk, encodeChunk, pick } from '#libs/backlog/chunk.ts';
import type { Database } from '#libs/store/database.ts';
import { SealBroken } from '#libs/store/seal.ts';
import { createdTimes, type KeptChunk, othersOf, select } from './keptChunk.ts';
import type { KeptCipher } from './keptCipher.ts';
import { deleteRows, lockRows, type PageQuery, type Row, updateRow } from './keptPage.ts';

/** Of a statement, and of a row: what is larger is kept in pieces. */
const STATEMENT_BYTES = 1_048_576;
/** A single event can be no larger: its hexadecimal digits must fit into MariaDB's max_allowed_packet of 16 MiB. */
const MAX_EVENT_BYTES = 4 * 1_048_576;

export interface Kept {
  /** Events that will never be kept: too large, or of a webhook that is gone. */
  readonly refused: number;
}

export interface TakenPage {
  /** Of the last row that was looked at; null: there are no more. */
  readonly lastId: number | null;
  readonly events: number;
  /** By which events were found, if they were looked for by id. */
  readonly ids: readonly string[];
  /** Rows that no key opens; they are passed over. */
  readonly unreadable: number;
}

/** A row, and the positions of its events that were selected. */
interface Taken {
  readonly row: Row;
  readonly chunk: Chunk;
  readonly positions: readonly number[];
}

function isWhole({ chunk, positions }: Taken): boolean {
  return positions.length === chunk.clocks.length;
}

/** Kept events in MySQL: a row is a chunk, encrypted. Every method throws StoreUnavailable while MySQL is away. */
export class KeptStore {
  readonly #database: Database;
  readonly #cipher: KeptCipher;

  constructor({ database, cipher }: { database: Database; cipher: KeptCipher }) {
    this.#database = database;
    this.#cipher = cipher;
  }

  /** Durable once it resolves. What is there already stays as it is. */
  async add(chunks: readonly KeptChunk[]): Promise<Kept> {
    const clients = await this.#clientsOf(chunks.map(({ webhookId }) => webhookId));
    const wanted = chunks.filter(({ webhookId }) => clients.has(webhookId)).flatMap(splitLarge);
    for (const group of groupsOf(wanted)) {
      const rows = group.map((each) => this.#toRow(each, clients.get(each.webhookId) ?? 0));
      await this.#database.run((manager) => insert(manager, rows));
    }
    return { refused: countEvents(chunks) - countEvents(wanted) };
  }

  /** Of the row that was kept last; 0: there is none. */
  async lastId(webhookId: number): Promise<number> {
    const [row] = await this.#database.run((manager) =>
      manager.query('SELECT MAX(id) AS id FROM kept_chunk WHERE webhook_id = ?', [webhookId]),
    );
    return Number(row?.id ?? 0);
  }

  /**
   * Looks at some rows, oldest first, and takes the selected events out: `use` gets them, and once it resolves they are
   * no longer kept. When it throws, or MySQL goes away meanwhile, they stay. Others who want the same events wait.
   */
  takePage(query: PageQuery, use: (chunks: readonly Chunk[]) => Promise<void>): Promise<TakenPage> {
    return this.#database.run((manager) =>
      manager.transaction('READ COMMITTED', async (inside) => {
        const { rows, isLast } = await lockRows(inside, query);
        const readable = rows.flatMap((row) => this.#read(row) ?? []);
        const found = readable.map((each) => ({ ...each, ...select(each.chunk, query.selection) }));
        const taken = found.filter(({ positions }) => positions.length > 0);
        if (taken.length > 0) await use(taken.map(({ chunk, positions }) => pick(chunk, positions)));
        await deleteRows(
          inside,
          taken.filter(isWhole).map(({ row }) => row.id),
        );
        for (const each of taken) if (!isWhole(each)) await this.#updateRest(inside, each);
        return {
          lastId: isLast ? null : (rows.at(-1)?.id ?? query.after),
          events: taken.reduce((sum, { positions }) => sum + positions.length, 0),
          ids: taken.flatMap(({ ids }) => ids),
          unreadable: rows.length - readable.length,
        };
      }),
    );
  }

  #read(row: Row): { row: Row; chunk: Chunk } | null {
    try {
      return { row, chunk: decodeChunk(this.#cipher.open(row.sealed, row)) };
    } catch (error) {
      if (error instanceof SealBroken) return null;
      throw error;
    }
  }

  async #updateRest(manager: EntityManager, { row, chunk, positions }: Taken): Promise<void> {
    const rest = pick(chunk, othersOf(chunk, positions));
    const sealed = this.#cipher.seal(encodeChunk(rest), row);
    await updateRow(manager, row.id, { created: createdTimes(rest), sealed });
  }

  async #clientsOf(webhookIds: readonly number[]): Promise<ReadonlyMap<number, number>> {
    if (webhookIds.length === 0) return new Map();
    const rows: { id: number; clientId: number }[] = await this.#database.run((manager) =>
      manager.query('SELECT id, client_id AS clientId FROM webhook WHERE id IN (?)', [
        [...new Set(webhookIds)],
      ]),
    );
    return new Map(rows.map(({ id, clientId }) => [Number(id), Number(clientId)]));
  }

  #toRow({ bytes, events, keptAt, ...place }: KeptChunk, clientId: number) {
    const created = createdTimes(decodeChunk(bytes));
    const { webhookId, unitId, reason } = place;
    const range = [Math.min(...created), Math.max(...created)];
    return [webhookId, clientId, unitId, reason, keptAt, events, ...range, this.#cipher.seal(bytes, place)];
  }
}

async function insert(manager: EntityManager, rows: readonly (readonly unknown[])[]): Promise<void> {
  await manager.query(
    `INSERT INTO kept_chunk (webhook_id, client_id, unit_id, reason, kept_at, events, oldest, newest, sealed)
     VALUES ? ON DUPLICATE KEY UPDATE kept_chunk.id = kept_chunk.id`,
    [rows],
  );
}

/** The pieces have ids of their own, always the same ones. */
function splitLarge(kept: KeptChunk): KeptChunk[] {
  if (kept.bytes.length <= STATEMENT_BYTES) return [kept];
  if (kept.events === 1) return kept.bytes.length <= MAX_EVENT_BYTES ? [kept] : [];
  const halves = cut(decodeChunk(kept.bytes), Math.ceil(kept.events / 2));
  return halves.flatMap((half, at) => {
    const unitId = `${kept.unitId}.${at}`;
    return splitLarge({ ...kept, unitId, events: half.clocks.length, bytes: encodeChunk(half) });
  });
}

/** Consecutive chunks that fit into a statement. */
function groupsOf(chunks: readonly KeptChunk[]): KeptChunk[][] {
  const groups: KeptChunk[][] = [];
  let bytes = STATEMENT_BYTES;
  for (const chunk of chunks) {
    if (bytes + chunk.bytes.length > STATEMENT_BYTES) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)?.push(chunk);
    bytes += chunk.bytes.length;
  }
  return groups;
}

function countEvents(chunks: readonly KeptChunk[]): number {
  return chunks.reduce((sum, { events }) => sum + events, 0);
}
