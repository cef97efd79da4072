import { type Chunk, cut, joinChunks } from '#libs/backlog/chunk.ts';
import type { BacklogSink } from '#libs/backlog/sink.ts';
import type { Logger } from '#libs/logging/logger.ts';
import type { KeptReason, Selection } from './keptChunk.ts';
import type { KeptStore } from './keptStore.ts';

/** Chunks in memory at once, and in one transaction, which is bounded in bytes as well (keptPage.ts). */
const ROWS_PER_PAGE = 500;
/** In a chunk of the backlog. */
const CHUNK_EVENTS = 100;
/** Of one call: it has to end before whoever asked loses patience. */
const MAX_EVENTS = 1_000_000;
const MAX_DURATION_MS = 20_000;

export interface ResendParts {
  readonly store: Pick<KeptStore, 'takePage' | 'lastId'>;
  readonly sink: Pick<BacklogSink, 'appendChunks'>;
  readonly clock: () => number;
  readonly logger: Logger;
  readonly rowsPerPage?: number;
  readonly maxEvents?: number;
}

/** Ids of kept rows: the last one that was looked at, and the last one that is meant. */
export interface ResendCursor {
  readonly after: number;
  readonly until: number;
}

export interface Resent {
  readonly events: number;
  /** Where to go on; null: that was all. */
  readonly next: ResendCursor | null;
}

export interface Wanted {
  readonly selection: Selection;
  readonly reasons: readonly KeptReason[];
  /** Left out: from the begin, to what is kept now. */
  readonly cursor?: ResendCursor | undefined;
}

/**
 * Kept events go back into the backlog of their webhook, as if they were new: their time to live begins now, and their
 * next transmission is the first. Each page is appended first and no longer kept afterwards: whatever fails between the
 * two, nothing is lost, and what was appended may be resent once more.
 */
export class Resender {
  readonly #parts: ResendParts;

  constructor(parts: ResendParts) {
    this.#parts = parts;
  }

  async resend(webhookId: number, { selection, reasons, cursor }: Wanted): Promise<Resent> {
    const { store, clock, logger, rowsPerPage = ROWS_PER_PAGE, maxEvents = MAX_EVENTS } = this.#parts;
    const endsAt = clock() + MAX_DURATION_MS;
    // What is resent may be discarded or archived again before we come to the end.
    const until = cursor?.until ?? (await store.lastId(webhookId));
    let missing = selection;
    let events = 0;
    let unreadable = 0;
    let after: number | null = cursor?.after ?? 0;
    while (after !== null && events < maxEvents && clock() < endsAt && !isEmpty(missing)) {
      const query = { webhookId, reasons, selection: missing, after, until, rows: rowsPerPage };
      const page = await store.takePage(query, (chunks) => this.#append(webhookId, chunks));
      events += page.events;
      unreadable += page.unreadable;
      missing = without(missing, page.ids);
      after = page.lastId;
    }
    if (unreadable > 0)
      logger.error('Kept events can not be read with any key', { webhookId, chunks: unreadable });
    return { events, next: after === null || isEmpty(missing) ? null : { after, until } };
  }

  async #append(webhookId: number, chunks: readonly Chunk[]): Promise<void> {
    const now = this.#parts.clock();
    const anew = packed(chunks).map((chunk) => ({ ...chunk, clocks: chunk.clocks.map(() => now) }));
    try {
      await this.#parts.sink.appendChunks([{ webhookId, chunks: anew }], { wakeAlways: true });
    } catch (error) {
      throw new BacklogUnavailable(error instanceof Error ? error.message : String(error));
    }
  }
}

/** Redis is away or full. What was not resent is still kept. */
export class BacklogUnavailable extends Error {
  override readonly name = 'BacklogUnavailable';
}

/** The same events, in their order, in as few chunks as a type has. */
function packed(chunks: readonly Chunk[]): Chunk[] {
  const byType = Map.groupBy(chunks, ({ type }) => type);
  return [...byType].flatMap(([type, group]) => cut(joinChunks(type, group), CHUNK_EVENTS));
}

function isEmpty(selection: Selection): boolean {
  return selection.kind === 'ids' && selection.ids.size === 0;
}

/** Once an event was found by its id, it is looked for no longer. */
function without(selection: Selection, found: readonly string[]): Selection {
  if (selection.kind !== 'ids') return selection;
  return { kind: 'ids', ids: selection.ids.difference(new Set(found)) };
}
