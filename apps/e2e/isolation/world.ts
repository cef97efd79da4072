import { Redis } from 'ioredis';
import { type ConnectedBacklog, connectBacklog } from '#libs/backlog/connectBacklog.ts';
import { PendingEvents } from '#libs/backlog/pendingEvents.ts';
import { ChangeFeed } from '#libs/directory/changes.ts';
import type { EventType } from '#libs/domain/eventType.ts';
import { createPublisher, type Publisher } from '#libs/publisher/publisher.ts';
import type { Database } from '#libs/store/database.ts';
import { openStore } from '#libs/store/tests/storeFixture.ts';
import type { WebhookFields, WebhookStore } from '#libs/store/webhookStore.ts';
import { Program } from '../childProcess.ts';
import { Queues } from '../queues.ts';
import { migratedSettings } from '../settings.ts';
import { Targets } from './targetsProcess.ts';

const CLIENTS_FROM = 80_000_000_000;
/** Created at once: as many as the database has connections for. */
const CREATED_AT_ONCE = 8;

export interface Hook {
  readonly id: number;
  readonly clientId: number;
}

/** Worker processes, endpoints and a publisher. Webhooks are made in the database itself, hundreds a second. */
export class World {
  readonly settings: Readonly<Record<string, string>>;
  readonly redis: Redis;
  readonly publisher: Publisher;
  readonly queues: Queues;
  readonly backlog: ConnectedBacklog;
  readonly #database: Database;
  readonly #store: WebhookStore;
  readonly #feed: ChangeFeed;
  readonly #endings: (() => Promise<unknown>)[] = [];
  #clients = 0;

  private constructor(settings: Readonly<Record<string, string>>) {
    const { REDIS_URL: redisUrl = '', DATABASE_URL: databaseUrl = '', QUEUE_PREFIX: prefix = '' } = settings;
    this.settings = settings;
    this.redis = new Redis(redisUrl, { maxRetriesPerRequest: null });
    this.publisher = createPublisher({ redisUrl, prefix });
    this.queues = new Queues({ redis: this.redis, prefix });
    this.backlog = connectBacklog({ redis: this.redis, prefix, shards: 1, clock: Date.now, graceMs: 60_000 });
    const { database, store } = openStore({ databaseUrl });
    this.#database = database;
    this.#store = store;
    this.#feed = new ChangeFeed({ redis: this.redis, prefix });
  }

  static async open(settings: Readonly<Record<string, string>> = {}): Promise<World> {
    return new World({ ...(await migratedSettings()), LOG_LEVEL: 'warn', ...settings });
  }

  async targets(): Promise<Targets> {
    const targets = await Targets.start();
    this.#endings.push(() => targets.stop());
    return targets;
  }

  async worker(settings: Readonly<Record<string, string>> = {}): Promise<Program> {
    const worker = new Program('worker', { ...this.settings, LOG_LEVEL: 'info', ...settings });
    this.#endings.push(() => worker.stop('SIGKILL'));
    await worker.logged('Ready');
    return worker;
  }

  /** Activated webhooks, each of a client of its own. */
  async webhooks(urls: readonly string[], fields: Partial<WebhookFields> = {}): Promise<Hook[]> {
    const hooks: Hook[] = [];
    for (let at = 0; at < urls.length; at += CREATED_AT_ONCE) {
      const group = urls.slice(at, at + CREATED_AT_ONCE);
      hooks.push(...(await Promise.all(group.map((url) => this.#create(url, fields)))));
    }
    return hooks;
  }

  /** As the API does it. */
  async change(hooks: readonly Hook[], change: 'activate' | 'deactivate'): Promise<void> {
    const pending = new PendingEvents(this.backlog);
    for (let at = 0; at < hooks.length; at += CREATED_AT_ONCE) {
      await Promise.all(
        hooks.slice(at, at + CREATED_AT_ONCE).map(async ({ id, clientId }) => {
          await this.#store.changeStatus({ id, clientId }, change);
          await this.#feed.announce({ webhookId: id, clientId });
          if (change === 'activate') await pending.wake(id);
        }),
      );
    }
  }

  async #create(targetUrl: string, fields: Partial<WebhookFields>): Promise<Hook> {
    this.#clients += 1;
    const clientId = CLIENTS_FROM + this.#clients;
    const type: EventType = 'open';
    const made = await this.#store.create(clientId, { type, format: 'json', targetUrl, ...fields });
    if (made.kind !== 'created') throw new Error(`The webhook was not created: ${made.kind}`);
    const { id } = made.webhook;
    await this.change([{ id, clientId }], 'activate');
    return { id, clientId };
  }

  async close(): Promise<void> {
    for (const end of this.#endings.reverse()) await end();
    await this.publisher.close();
    await this.queues.close();
    await this.backlog.waker.close();
    this.redis.disconnect();
    await this.#database.close();
  }
}
