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

/**
 * Where the router hands over. In: chunks. Out: they are durably in the backlogs and their deliveries are awake,
 * once `append` resolves.
 */
export class BacklogSink {
  readonly #backlog: Pick<Backlog, 'append'>;
  readonly #waker: { wake(wakes: readonly Wake[]): Promise<void> };

  constructor(parts: {
    backlog: Pick<Backlog, 'append'>;
    waker: { wake(wakes: readonly Wake[]): Promise<void> };
  }) {
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
    const sleeping = appended.filter(({ asleep }) => asleep || wakeAlways);
    if (sleeping.length > 0) await this.#waker.wake(sleeping.map(toWake));
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

function toWake({ webhookId, lane }: Appended): Wake {
  return { webhookId, lane };
}
