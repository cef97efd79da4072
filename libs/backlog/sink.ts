import { LRUCache } from 'lru-cache';
import type { Event } from '#libs/domain/event.ts';
import type { Backlog } from './backlog.ts';
import { packChunk } from './chunk.ts';
import type { Append, Appended, AppendOptions } from './transitions.ts';
import type { Wake } from './wakeDelivery.ts';

/** Events of one webhook and type, at most 100, in their order. */
export interface RoutedChunk {
  readonly webhookId: number;
  readonly events: readonly Event[];
}

/** Webhooks that wait for their run at the same time; one that is forgotten is woken once more. */
const WOKEN_REMEMBERED = 50_000;
/** Then it is woken again: its job may be gone, removed by hand, say. The reconciler looks for such about as often. */
const WOKEN_MS = 30_000;

/**
 * Where the router hands over. In: chunks. Out: they are durably in the backlogs and their deliveries are awake,
 * once `append` resolves.
 */
export class BacklogSink {
  readonly #backlog: Pick<Backlog, 'append'>;
  readonly #waker: { wake(wakes: readonly Wake[]): Promise<void> };
  /** Sleeps that this sink has ended: until the run begins, many more appends may find the webhook in them. */
  readonly #woken: LRUCache<number, string>;

  constructor(parts: {
    backlog: Pick<Backlog, 'append'>;
    waker: { wake(wakes: readonly Wake[]): Promise<void> };
    /** For how long a wake-up counts. */
    wokenMs?: number;
  }) {
    this.#woken = new LRUCache({ max: WOKEN_REMEMBERED, ttl: parts.wokenMs ?? WOKEN_MS });
    this.#backlog = parts.backlog;
    this.#waker = parts.waker;
  }

  /**
   * What a run has begun with has its delivery job. `wakeAlways` is for work that was begun before: a crash may have
   * come between the append and the wake-up. The same `commit` is appended once (see Backlog.append).
   */
  async append(
    chunks: readonly RoutedChunk[],
    { wakeAlways, ...options }: AppendOptions & { wakeAlways: boolean },
  ): Promise<void> {
    const byWebhook = Map.groupBy(chunks, ({ webhookId }) => webhookId);
    const appends = [...byWebhook].map(([webhookId, group]) => toAppend(webhookId, group));
    await this.appendChunks(appends, { ...options, wakeAlways });
  }

  /** The same for chunks that have been packed before. */
  async appendChunks(
    appends: readonly Append[],
    { wakeAlways, ...options }: AppendOptions & { wakeAlways: boolean },
  ): Promise<void> {
    const appended = await this.#backlog.append(appends, options);
    const sleeping = appended.filter((each) => wakeAlways || this.#mustWake(each));
    if (sleeping.length === 0) return;
    await this.#waker.wake(sleeping.map(toWake));
    for (const { webhookId, asleep } of sleeping) if (asleep) this.#woken.set(webhookId, asleep);
  }

  /** Call it when Redis is back: the jobs that were added last may be gone. */
  doubt(): void {
    this.#woken.clear();
  }

  #mustWake({ webhookId, asleep }: Appended): boolean {
    return asleep !== null && this.#woken.get(webhookId) !== asleep;
  }
}

function toAppend(webhookId: number, chunks: readonly RoutedChunk[]): Append {
  return {
    webhookId,
    chunks: chunks.flatMap(({ events }) => {
      const [first] = events;
      if (!first) return [];
      return [packChunk(first.type, events)];
    }),
  };
}

function toWake({ webhookId, lane, asleep }: Appended): Wake {
  return { webhookId, lane, asleep };
}
