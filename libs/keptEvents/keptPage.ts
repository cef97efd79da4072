import type { EntityManager } from 'typeorm';
import type { KeptReason, Selection } from './keptChunk.ts';

/** Of a page, unless it is a single row: some milliseconds to unpack and to look at. */
const PAGE_BYTES = 128 * 1024;
const PAGE_EVENTS = 5_000;

export interface PageQuery {
  readonly webhookId: number;
  readonly reasons: readonly KeptReason[];
  readonly selection: Selection;
  /** Id of the last row that was looked at; 0 to begin. */
  readonly after: number;
  /** Id of the last row to look at: what is kept meanwhile is not meant. */
  readonly until: number;
  /** How many at most. */
  readonly rows: number;
}

export interface Row {
  readonly id: number;
  readonly webhookId: number;
  readonly unitId: string;
  readonly reason: KeptReason;
  readonly sealed: Buffer;
}

interface Sized {
  readonly id: number;
  readonly events: number;
  readonly bytes: number;
}

/** Rows that may have selected events, oldest first, locked. `isLast`: no others follow. */
export async function lockRows(
  manager: EntityManager,
  query: PageQuery,
): Promise<{ rows: Row[]; isLast: boolean }> {
  const { webhookId, reasons, selection, after, until } = query;
  const [range, bounds] =
    selection.kind === 'created'
      ? ['AND newest >= ? AND oldest < ?', [selection.from, selection.to]]
      : ['', []];
  const where = `webhook_id = ? AND id > ? AND id <= ? AND reason IN (?) ${range}`;
  const sized: Sized[] = await manager.query(
    `SELECT id, events, LENGTH(sealed) AS bytes FROM kept_chunk WHERE ${where} ORDER BY id LIMIT ?`,
    [webhookId, after, until, reasons, ...bounds, query.rows],
  );
  const fitting = countFitting(sized);
  const last = sized[fitting - 1];
  if (!last) return { rows: [], isLast: true };
  // Others may have taken some of them meanwhile.
  const rows: Row[] = await manager.query(
    `SELECT id, webhook_id AS webhookId, unit_id AS unitId, reason, sealed FROM kept_chunk
     WHERE ${where} ORDER BY id FOR UPDATE`,
    [webhookId, after, last.id, reasons, ...bounds],
  );
  return {
    rows: rows.map((row) => ({ ...row, id: Number(row.id), webhookId: Number(row.webhookId) })),
    isLast: fitting === sized.length && sized.length < query.rows,
  };
}

/** How many of the first, at least one if there are any. */
function countFitting(sized: readonly Sized[]): number {
  let bytes = 0;
  let events = 0;
  const tooMany = sized.findIndex((row) => {
    bytes += Number(row.bytes);
    events += Number(row.events);
    return bytes > PAGE_BYTES || events > PAGE_EVENTS;
  });
  return tooMany === -1 ? sized.length : Math.max(1, tooMany);
}

export async function deleteRows(manager: EntityManager, ids: readonly number[]): Promise<void> {
  if (ids.length > 0) await manager.query('DELETE FROM kept_chunk WHERE id IN (?)', [ids]);
}

/** What a row has left. */
export async function updateRow(
  manager: EntityManager,
  id: number,
  { created, sealed }: { readonly created: readonly number[]; readonly sealed: Buffer },
): Promise<void> {
  const values = [created.length, Math.min(...created), Math.max(...created), sealed, id];
  await manager.query(
    'UPDATE kept_chunk SET events = ?, oldest = ?, newest = ?, sealed = ? WHERE id = ?',
    values,
  );
}
