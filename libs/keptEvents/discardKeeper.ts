import type { Discarded, HandedOver } from '#libs/backlog/discarded.ts';
import type { Logger } from '#libs/logging/logger.ts';
import type { KeptChunk } from './keptChunk.ts';
import type { KeptStore } from './keptStore.ts';

/** How soon what this worker has discarded is kept, so that many chunks share a statement. */
const TICK_MS = 1_000;
/** Every so many ticks a worker looks also for what others have left behind. */
const LOOK_EVERY_TICKS = 5;
/** Chunks of up to 100 events read at once: a bound on memory. */
const PAGE = 100;
/** One worker at a time, for so long at most; if it dies, another one goes on after the lease. */
const DRAIN_MS = 8_000;
const LEASE_MS = 15_000;

export interface KeeperParts {
  readonly discarded: Discarded;
  readonly store: Pick<KeptStore, 'add'>;
  readonly clock: () => number;
  readonly logger: Logger;
  /** Discarded events that are not kept: MySQL was away for too long, or they can't be. */
  readonly onNotKept: (events: number) => void;
  readonly tickMs?: number;
}

/**
 * Discarded events come in, as the backlog's scripts hand them over in Redis; they go out to MySQL, in bulk, and leave
 * Redis only when MySQL has them. While MySQL is away they wait in Redis. A worker that dies between the two leaves
 * them to the next one, and MySQL takes a chunk once.
 */
export class DiscardKeeper {
  readonly #parts: KeeperParts;
  #timer: NodeJS.Timeout | undefined;
  #ticks = 0;
  #isPoked = false;
  #isStopping = false;
  #isAway = false;
  #draining: Promise<void> | null = null;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => this.#tick(), this.#parts.tickMs ?? TICK_MS);
  }

  /** Something was discarded. */
  poke(): void {
    this.#isPoked = true;
  }

  async close(): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#timer);
    await this.#draining;
  }

  #tick(): void {
    this.#ticks += 1;
    if (!this.#isPoked && this.#ticks % LOOK_EVERY_TICKS !== 0) return;
    this.#draining ??= this.#drainAll().finally(() => {
      this.#draining = null;
    });
  }

  async #drainAll(): Promise<void> {
    const { discarded, logger } = this.#parts;
    this.#isPoked = false;
    try {
      for (let shard = 0; shard < discarded.shards; shard += 1) {
        const isDone = await this.#drain(shard);
        if (!isDone) this.#isPoked = true;
      }
      if (this.#isAway) logger.info('Discarded events are kept again');
      this.#isAway = false;
    } catch (error) {
      this.#isPoked = true;
      if (!this.#isAway) logger.warn('Discarded events can not be kept now; they wait in Redis', { error });
      this.#isAway = true;
    }
  }

  /** Whether nothing is left; another worker that is at it will see to it. */
  async #drain(shard: number): Promise<boolean> {
    const { discarded, clock } = this.#parts;
    if (!(await discarded.claim(shard, LEASE_MS))) return false;
    const until = clock() + DRAIN_MS;
    try {
      this.#reportLost(await discarded.takeRefused(shard), 'too many waited for MySQL');
      while (!this.#isStopping && clock() < until) {
        const found = await discarded.read(shard, PAGE);
        await this.#keep(shard, found);
        if (found.length < PAGE) return true;
      }
      return false;
    } finally {
      await discarded.release(shard);
    }
  }

  async #keep(shard: number, found: readonly HandedOver[]): Promise<void> {
    if (found.length === 0) return;
    const { discarded, store, clock } = this.#parts;
    const keptAt = new Date(clock());
    const { refused } = await store.add(found.map((each) => toKept(each, keptAt)));
    await discarded.remove(
      shard,
      found.map(({ id }) => id),
    );
    this.#reportLost(refused, 'of webhooks that are gone, or too large');
  }

  #reportLost(events: number, why: string): void {
    if (events === 0) return;
    this.#parts.onNotKept(events);
    this.#parts.logger.warn('Discarded events are not kept', { events, why });
  }
}

function toKept({ webhookId, unitId, events, bytes }: HandedOver, keptAt: Date): KeptChunk {
  return { webhookId, unitId, reason: 'expired', keptAt, events, bytes };
}
