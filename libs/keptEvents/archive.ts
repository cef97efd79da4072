import { type Chunk, encodeChunk } from '#libs/backlog/chunk.ts';
import type { Pending } from '#libs/backlog/pending.ts';
import type { Logger } from '#libs/logging/logger.ts';
import { Repeating } from '#libs/runtime/repeating.ts';
import type { KeptChunk } from './keptChunk.ts';
import type { KeptStore } from './keptStore.ts';

const EVERY_MS = 1_000;
/** Chunks of one write. */
const PAGE = 200;
/** What waits for MySQL in a worker's memory; beyond, delivered events are not archived. */
const MAX_WAITING_BYTES = 32 * 1_048_576;

/** A unit of which events were delivered. */
export interface Delivered {
  readonly pending: Pending;
  /** Those that were. */
  readonly alive: Chunk;
  readonly expired: Chunk | null;
}

export interface ArchiveParts {
  readonly store: Pick<KeptStore, 'add'>;
  readonly clock: () => number;
  readonly logger: Logger;
  /** Delivered events that are not archived, because MySQL is away or does not follow. */
  readonly onNotKept: (events: number) => void;
  readonly everyMs?: number;
}

/**
 * Delivered events come in and are forgotten by whoever delivered them; they go out to MySQL, in bulk. It is not a part
 * of the delivery: it holds a bounded amount in memory, drops what is beyond, and is lost with its process.
 */
export class Archive {
  readonly #parts: ArchiveParts;
  #waiting: KeptChunk[] = [];
  #bytes = 0;
  readonly #repeating: Repeating;

  constructor(parts: ArchiveParts) {
    this.#parts = parts;
    this.#repeating = new Repeating({ work: () => this.#write(), everyMs: parts.everyMs ?? EVERY_MS });
  }

  start(): void {
    this.#repeating.start();
  }

  add(webhookId: number, units: readonly Delivered[]): void {
    const keptAt = new Date(this.#parts.clock());
    for (const { pending, alive, expired } of units) {
      if (this.#bytes >= MAX_WAITING_BYTES) {
        this.#parts.onNotKept(alive.clocks.length);
        continue;
      }
      const bytes = expired ? encodeChunk(alive) : pending.bytes;
      this.#bytes += bytes.length;
      const events = alive.clocks.length;
      this.#waiting.push({ webhookId, unitId: pending.id, reason: 'delivered', keptAt, events, bytes });
    }
  }

  /** Writes what waits, if MySQL takes it. */
  async close(): Promise<void> {
    await this.#repeating.stop();
    await this.#write();
  }

  async #write(): Promise<void> {
    const { store, logger, onNotKept } = this.#parts;
    while (this.#waiting.length > 0) {
      const page = this.#waiting.slice(0, PAGE);
      try {
        const { refused } = await store.add(page);
        if (refused > 0) onNotKept(refused);
      } catch (error) {
        logger.warn('Delivered events can not be archived now', { chunks: this.#waiting.length, error });
        return;
      }
      this.#waiting = this.#waiting.slice(page.length);
      for (const { bytes } of page) this.#bytes -= bytes.length;
    }
  }
}
