import type { EventType } from '#libs/domain/eventType.ts';
import type { Webhook } from '#libs/domain/webhook.ts';
import { StoreUnavailable } from '#libs/store/storeErrors.ts';
import { batchedLoad } from './batchedLoad.ts';
import type { ChangeFeed } from './changes.ts';
import { ReloadingCache } from './reloadingCache.ts';

/** What an event has to know of a webhook to find its way. */
export interface Route {
  readonly id: number;
  readonly type: EventType;
  /** It was deactivated then (epoch ms): only what was added before is its. */
  readonly until?: number;
}

/** Where webhooks really are: MySQL. While it is away, both throw StoreUnavailable. */
export interface WebhookSource {
  findCollectingByClients(
    clientIds: readonly number[],
  ): Promise<readonly (Route & { readonly clientId: number })[]>;
  /** An error in the place of a webhook that is there, but can't be used. */
  findByIds(ids: readonly number[]): Promise<ReadonlyMap<number, Webhook | Error>>;
}

/** The source is away, and what is known is not certain enough. Try again later. */
export class DirectoryUnavailable extends Error {
  override readonly name = 'DirectoryUnavailable';
}

/** Ids in one question to MySQL. */
const CLIENTS_PER_LOAD = 1_000;
const WEBHOOKS_PER_LOAD = 500;
/** Once it was away, the source is left alone for this long, so that not every caller waits for the next one. */
const SOURCE_PAUSE_MS = 1_000;
/** Whoever changed a webhook while Redis was away announces it within a second or two of its return. */
const ANNOUNCED_AFTER_MS = 5_000;
/**
 * Unless it has died. MySQL knows, and if it is away too, events wait for it: as long as MySQL mostly needs to be back,
 * but not as long as it may be away.
 */
const UNCHECKED_MS = 60_000;

/**
 * Client ids and webhook ids come in, webhooks go out: from memory where they are known and unchanged, else
 * from the source. What was announced as changed before `sync()` was called is never answered with the old
 * state; while the source is away, everything that has not changed stays in use.
 */
export class Directory {
  readonly #source: WebhookSource;
  readonly #feed: Pick<ChangeFeed, 'readSince'>;
  readonly #clock: () => number;
  readonly #routes: ReloadingCache<readonly Route[]>;
  readonly #webhooks: ReloadingCache<Webhook | null>;
  #cursor: string | null = null;
  #lastSync: Promise<void> = Promise.resolve();
  #nextSync: Promise<void> | undefined;
  #pauseUntil = 0;

  constructor(parts: {
    readonly source: WebhookSource;
    readonly feed: Pick<ChangeFeed, 'readSince'>;
    readonly clock: () => number;
    /** A safety net: how long a change that was never announced may go unnoticed (doubled at most). */
    readonly ttlMs: number;
    readonly maxClients: number;
    readonly maxWebhooks: number;
  }) {
    const { clock, ttlMs } = parts;
    this.#source = parts.source;
    this.#feed = parts.feed;
    this.#clock = clock;
    const loadRoutes = batchedLoad({
      loadMany: (clientIds) => this.#loadRoutes(clientIds),
      keysPerLoad: CLIENTS_PER_LOAD,
    });
    this.#routes = new ReloadingCache({
      load: async (clientId) => (await loadRoutes(clientId)) ?? [],
      clock,
      ttlMs,
      doubtMs: ANNOUNCED_AFTER_MS,
      uncheckedMs: UNCHECKED_MS,
      maxEntries: parts.maxClients,
    });
    const loadWebhook = batchedLoad({
      loadMany: (ids) => this.#ask(() => this.#source.findByIds(ids)),
      keysPerLoad: WEBHOOKS_PER_LOAD,
    });
    this.#webhooks = new ReloadingCache({
      load: async (id) => {
        const found = await loadWebhook(id);
        if (found instanceof Error) throw found;
        return found ?? null;
      },
      clock,
      ttlMs,
      doubtMs: ANNOUNCED_AFTER_MS,
      uncheckedMs: UNCHECKED_MS,
      maxEntries: parts.maxWebhooks,
    });
  }

  /**
   * Forgets whatever has been announced as changed up to this call. Callers share a read, but only one that
   * starts after their call. Rejects when Redis can't be asked.
   */
  sync(): Promise<void> {
    this.#nextSync ??= this.#lastSync.then(() => {
      this.#nextSync = undefined;
      const reading = this.#readFeed();
      this.#lastSync = reading.catch(() => {});
      return reading;
    });
    return this.#nextSync;
  }

  /**
   * Call it when Redis is back: a change that was made meanwhile is announced only now. What is known is asked for
   * once more; while the source is away too, it is used again after a minute.
   */
  doubt(): void {
    this.#routes.doubtAll();
    this.#webhooks.doubtAll();
  }

  /** The webhooks of each client that collect events. A client that is missing in the answer can't be looked up now. */
  async collectingWebhooks(clientIds: Iterable<number>): Promise<ReadonlyMap<number, readonly Route[]>> {
    const found = new Map<number, readonly Route[]>();
    const waiting: Promise<unknown>[] = [];
    for (const clientId of clientIds) {
      const routes = this.#routes.peek(clientId);
      if (routes) found.set(clientId, routes);
      else waiting.push(this.#routes.get(clientId).then((loaded) => found.set(clientId, loaded)));
    }
    await Promise.allSettled(waiting);
    return found;
  }

  /** The whole webhook with its credentials, whatever its status; null when there is none. */
  async webhook(id: number): Promise<Webhook | null> {
    try {
      return await this.#webhooks.get(id);
    } catch (cause) {
      throw new DirectoryUnavailable(`webhook ${id} can't be looked up now`, { cause });
    }
  }

  async #readFeed(): Promise<void> {
    const { cursor, changes } = await this.#feed.readSince(this.#cursor);
    this.#cursor = cursor;
    if (changes === 'gap') {
      this.#routes.forgetAll();
      this.#webhooks.forgetAll();
      return;
    }
    for (const { clientId, webhookId } of changes) {
      this.#routes.forget(clientId);
      this.#webhooks.forget(webhookId);
    }
  }

  async #loadRoutes(clientIds: readonly number[]): Promise<ReadonlyMap<number, readonly Route[]>> {
    const active = await this.#ask(() => this.#source.findCollectingByClients(clientIds));
    return Map.groupBy(active, ({ clientId }) => clientId);
  }

  async #ask<Answer>(question: () => Promise<Answer>): Promise<Answer> {
    if (this.#clock() < this.#pauseUntil) throw new StoreUnavailable('MySQL was away a moment ago.');
    try {
      return await question();
    } catch (error) {
      if (error instanceof StoreUnavailable) this.#pauseUntil = this.#clock() + SOURCE_PAUSE_MS;
      throw error;
    }
  }
}
