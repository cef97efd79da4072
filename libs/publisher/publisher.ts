import type { Telemetry } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import { Budget } from './budget.ts';
import { ClientFlows } from './bursts.ts';
import { connect, waitUntilReady } from './connection.ts';
import { DEFAULT_LIMITS, type PublisherLimits } from './limits.ts';
import { type MailEvent, sizeEvents } from './mailEvent.ts';
import { type PackedJob, pack } from './pack.ts';
import { PackedQueue } from './packedQueue.ts';
import { type Item, Parcel } from './parcel.ts';
import { PublishError } from './publishError.ts';
import { EVENT_TYPES, eventQueueName, type MailEventType, QUEUE_STREAMS, queueNameOn } from './queueNames.ts';
import { Replicas } from './replicas.ts';

/** BullMQ's, on the connection that all queues share; more than ten look like a leak to Node. */
const LISTENERS_PER_QUEUE = 3;

export type { MailEvent } from './mailEvent.ts';

export type PublisherOptions = (
  | { readonly redisUrl: string }
  /** A connection of the caller, who also closes it. Give it `enableOfflineQueue: false` to fail fast. */
  | { readonly connection: Redis | Cluster }
) & {
  readonly prefix?: string;
  /** So many replicas of Redis must have an event before its publish resolves. Default: 0. */
  readonly minReplicas?: number;
  /** `new BullMQOtel(…)` of the package bullmq-otel: traces begin here, and go on in the workers. */
  readonly telemetry?: Telemetry;
} & Partial<PublisherLimits>;

/** Events come in one by one or in arrays; BullMQ jobs of up to 1,000 events of one type go out. */
export interface Publisher {
  /** Resolves once all are in their queues, else rejects with a `PublishError` that holds those to repeat. */
  publish(events: MailEvent | readonly MailEvent[]): Promise<void>;
  /** Sends what waits, and resolves when nothing is on its way any more. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export function createPublisher(options: PublisherOptions): Publisher {
  return new PackingPublisher(options);
}

class PackingPublisher implements Publisher {
  readonly #limits: PublisherLimits;
  readonly #prefix: string;
  readonly #telemetry: Telemetry | undefined;
  readonly #redis: Redis | Cluster;
  readonly #ownsRedis: boolean;
  readonly #replicas: Replicas;
  readonly #budget: Budget;
  readonly #flows = new ClientFlows(() => performance.now());
  readonly #queues = new Map<MailEventType, Promise<PackedQueue>>();
  readonly #publishes = new Set<Promise<void>>();
  #jobsUnderWay = 0;
  #waiting: Item[] = [];
  #cancelSend: (() => void) | undefined;
  #hasConnected = false;
  #closing: Promise<void> | undefined;

  constructor(options: PublisherOptions) {
    this.#limits = { ...DEFAULT_LIMITS, ...options };
    this.#prefix = options.prefix ?? 'postrider';
    this.#telemetry = options.telemetry;
    this.#budget = new Budget({ events: this.#limits.pendingEvents, bytes: this.#limits.pendingBytes });
    this.#ownsRedis = 'redisUrl' in options;
    this.#redis = 'redisUrl' in options ? connect(options.redisUrl, this.#limits) : options.connection;
    this.#replicas = new Replicas({ redis: this.#redis, count: options.minReplicas ?? 0 });
    this.#redis.setMaxListeners(this.#redis.getMaxListeners() + LISTENERS_PER_QUEUE * EVENT_TYPES.length);
  }

  publish(input: MailEvent | readonly MailEvent[]): Promise<void> {
    const events = Array.isArray(input) ? (input as readonly MailEvent[]) : [input as MailEvent];
    const publish = this.#publish(events).finally(() => this.#publishes.delete(publish));
    this.#publishes.add(publish);
    return publish;
  }

  async flush(): Promise<void> {
    this.#send();
    await Promise.allSettled(this.#publishes);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.flush();
    for (const queue of this.#queues.values()) await (await queue).close();
    if (this.#ownsRedis) this.#redis.disconnect();
  }

  async #publish(events: readonly MailEvent[]): Promise<void> {
    if (this.#closing) throw new PublishError('the publisher is closed', events);
    if (events.length === 0) return;
    const parcel = new Parcel(sizeEvents(events));
    const amount = { events: events.length, bytes: parcel.bytes };
    await this.#budget.take(amount);
    try {
      await this.#flows.settle(events);
      for (const item of parcel.items) {
        item.burst = this.#flows.take(item.event);
        this.#waiting.push(item);
      }
      this.#scheduleSend();
      await parcel.settled;
    } finally {
      this.#budget.give(amount);
    }
  }

  #scheduleSend(): void {
    if (this.#waiting.length >= this.#limits.jobEvents) this.#send();
    if (this.#waiting.length === 0 || this.#cancelSend) return;
    const send = () => this.#send();
    if (this.#jobsUnderWay === 0) {
      const immediate = setImmediate(send);
      this.#cancelSend = () => clearImmediate(immediate);
    } else {
      const timer = setTimeout(send, this.#limits.lingerMs);
      this.#cancelSend = () => clearTimeout(timer);
    }
  }

  #send(): void {
    this.#cancelSend?.();
    this.#cancelSend = undefined;
    const items = this.#waiting;
    this.#waiting = [];
    for (const job of pack(items, this.#limits)) void this.#add(job);
  }

  /** Jobs are added without waiting for each other's answer, and each one answers for its own events. */
  async #add({ type, isBurst, items }: PackedJob<Item>): Promise<void> {
    this.#jobsUnderWay += 1;
    try {
      await this.#connected();
      const queue = await this.#queue(type);
      const texts = items.map(({ text }) => text);
      const job = await this.#replicas.write(queue.toKey('meta'), () =>
        queue.addPacked(type, texts, { isBurst }),
      );
      for (const item of items) item.parcel.queued(item, job);
    } catch (error) {
      for (const item of items) item.parcel.failed(item, error);
    } finally {
      this.#jobsUnderWay -= 1;
    }
  }

  #queue(type: MailEventType): Promise<PackedQueue> {
    const existing = this.#queues.get(type);
    if (existing) return existing;
    const opening = this.#openQueue(type).catch((error) => {
      this.#queues.delete(type);
      throw error;
    });
    this.#queues.set(type, opening);
    return opening;
  }

  async #openQueue(type: MailEventType): Promise<PackedQueue> {
    const queue = new PackedQueue(queueNameOn(this.#redis, this.#prefix, eventQueueName(type)), {
      connection: this.#redis,
      prefix: this.#prefix,
      streams: QUEUE_STREAMS,
      ...(this.#telemetry && { telemetry: this.#telemetry }),
    });
    // What goes wrong is the answer to the publish that it happened to.
    queue.on('error', () => {});
    await queue.waitUntilReady();
    return queue;
  }

  /** Waits for the first connection only, and not for ever, as BullMQ would. */
  async #connected(): Promise<void> {
    if (this.#redis.status !== 'ready') {
      if (this.#hasConnected) throw new Error('Connection is closed');
      await waitUntilReady(this.#redis, this.#limits.connectTimeoutMs);
    }
    this.#hasConnected = true;
  }
}
