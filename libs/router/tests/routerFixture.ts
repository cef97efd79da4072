import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { ChangeFeed } from '#libs/directory/changes.ts';
import { Directory, type WebhookSource } from '#libs/directory/directory.ts';
import type { Event } from '#libs/domain/event.ts';
import { EVENT_TYPES, type EventType } from '#libs/domain/eventType.ts';
import type { LogFields } from '#libs/logging/logger.ts';
import { eventQueueName } from '#libs/publisher/queueNames.ts';
import { StoreUnavailable } from '#libs/store/storeErrors.ts';
import type { BacklogSink, RoutedChunk } from '../backlogSink.ts';
import { Router, type RouterParts } from '../routerWorker.ts';

/** MySQL's part of the routing, in memory: activated webhooks, and a switch. */
class MemorySource implements WebhookSource {
  away = false;
  readonly #active: { id: number; clientId: number; type: EventType }[] = [];

  activate(id: number, clientId: number, type: EventType = 'open'): void {
    this.#active.push({ id, clientId, type });
  }

  async findCollectingByClients(clientIds: readonly number[]) {
    if (this.away) throw new StoreUnavailable('away');
    return this.#active.filter(({ clientId }) => clientIds.includes(clientId));
  }

  async findByIds() {
    return new Map<number, Error>();
  }
}

/** The backlogs' part, in memory: keeps what it gets, and fails or waits when told to. */
class MemorySink implements BacklogSink {
  readonly appends: { chunks: readonly RoutedChunk[]; wakeAlways: boolean }[] = [];
  failure: Error | null = null;
  gate: Promise<void> = Promise.resolve();

  async append(chunks: readonly RoutedChunk[], { wakeAlways }: { wakeAlways: boolean }): Promise<void> {
    await this.gate;
    if (this.failure) throw this.failure;
    this.appends.push({ chunks, wakeAlways });
  }

  events(webhookId: number): Event[] {
    return this.appends
      .flatMap(({ chunks }) => chunks)
      .filter((chunk) => chunk.webhookId === webhookId)
      .flatMap(({ events }) => events);
  }

  /** A field of each event of a webhook, in the order of their arrival. */
  fields(webhookId: number, name: string): unknown[] {
    return this.events(webhookId).map(({ text }) => JSON.parse(`${text}}`)[name]);
  }
}

/** A router on a real Redis, with memory in the place of MySQL and the backlogs. */
export class RouterFixture {
  readonly redis: Redis;
  readonly prefix: string;
  readonly source = new MemorySource();
  readonly sink = new MemorySink();
  readonly received = new Map<EventType, number>();
  readonly rejected = new Map<EventType, number>();
  readonly warnings: { message: string; fields: LogFields }[] = [];
  readonly router: Router;
  readonly #queues = new Map<EventType, Queue>();

  constructor({ redisUrl, prefix, ...overrides }: RouterFixtureOptions) {
    const redis = new Redis(redisUrl, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
    redis.on('error', () => {});
    this.redis = redis;
    this.prefix = prefix;
    const clock = Date.now;
    const log = (message: string, fields: LogFields = {}) => void this.warnings.push({ message, fields });
    this.router = new Router({
      redis,
      prefix,
      directory: new Directory({
        source: this.source,
        feed: new ChangeFeed({ redis, prefix }),
        clock,
        ttlMs: 60_000,
        maxClients: 10_000,
        maxWebhooks: 10,
      }),
      sink: this.sink,
      batchSize: 100,
      clock,
      logger: { debug() {}, info() {}, warn: log, error: log },
      observer: {
        received: (type, events) => void this.received.set(type, (this.received.get(type) ?? 0) + events),
        rejected: (type, events) => void this.rejected.set(type, (this.rejected.get(type) ?? 0) + events),
      },
      ...overrides,
    });
  }

  queue(type: EventType = 'open'): Queue {
    const existing = this.#queues.get(type);
    if (existing) return existing;
    const queue = new Queue(eventQueueName(type), { connection: this.redis, prefix: this.prefix });
    queue.on('error', () => {});
    this.#queues.set(type, queue);
    return queue;
  }

  /** True when no queue holds a job in any state but failed. */
  async isDone(): Promise<boolean> {
    for (const type of EVENT_TYPES) {
      const { failed, ...counts } = await this.queue(type).getJobCounts();
      if (Object.values(counts).some((count) => count > 0)) return false;
    }
    return true;
  }

  async close(): Promise<void> {
    await this.router.close();
    for (const queue of this.#queues.values()) await queue.close();
    this.redis.disconnect();
  }
}

export type RouterFixtureOptions = { redisUrl: string; prefix: string } & Partial<
  Omit<RouterParts, 'redis' | 'prefix'>
>;
