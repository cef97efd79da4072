import type { Database } from '#libs/store/database.ts';
import type { KeptReason } from './keptChunk.ts';

/** A chunk of discarded events, without the events. */
export interface DiscardedChunk {
  readonly id: number;
  /** When they were discarded. */
  readonly at: Date;
  readonly reason: KeptReason;
  readonly events: number;
  /** When the oldest and the newest of them were created. */
  readonly oldest: Date;
  readonly newest: Date;
}

export interface DiscardedQuery {
  readonly limit: number;
  /** Only those with events created from here on, and before. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  /** The id that the page before ended with. */
  readonly before?: number | undefined;
}

export interface DiscardedPage {
  /** Newest first. */
  readonly chunks: readonly DiscardedChunk[];
  /** For the chunks that follow; null: these were the last. */
  readonly nextCursor: number | null;
}

interface Row {
  readonly id: number;
  readonly at: Date;
  readonly reason: KeptReason;
  readonly events: number;
  readonly oldest: number;
  readonly newest: number;
}

const FAR = Number.MAX_SAFE_INTEGER;
/** An event may say that it was created later than any Date. */
const LAST_DATE_MS = 8_640_000_000_000_000;

/** What was discarded of a webhook and can be resent, by chunks of up to 100 events. */
export async function listDiscarded(
  database: Database,
  webhookId: number,
  { limit, from, to, before = FAR }: DiscardedQuery,
): Promise<DiscardedPage> {
  const rows: Row[] = await database.run((manager) =>
    manager.query(
      `SELECT id, kept_at AS at, reason, events, oldest, newest FROM kept_chunk
       WHERE webhook_id = ? AND id < ? AND reason <> 'delivered' AND newest >= ? AND oldest < ?
       ORDER BY id DESC LIMIT ?`,
      [webhookId, before, from?.getTime() ?? 0, to?.getTime() ?? FAR, limit + 1],
    ),
  );
  const chunks = rows.slice(0, limit).map(toChunk);
  return { chunks, nextCursor: rows.length > limit ? (chunks.at(-1)?.id ?? null) : null };
}

function toChunk({ id, at, reason, events, oldest, newest }: Row): DiscardedChunk {
  return {
    id: Number(id),
    at,
    reason,
    events: Number(events),
    oldest: toDate(oldest),
    newest: toDate(newest),
  };
}

function toDate(created: number): Date {
  return new Date(Math.min(Number(created), LAST_DATE_MS));
}
