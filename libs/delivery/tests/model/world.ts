import type { Cluster, Redis } from 'ioredis';
import { Backlog } from '#libs/backlog/backlog.ts';
import { type Chunk, decodeChunk } from '#libs/backlog/chunk.ts';
import { Discarded } from '#libs/backlog/discarded.ts';
import type { KeyLayout } from '#libs/backlog/keys.ts';
import type { Lane } from '#libs/backlog/lane.ts';
import { Leases } from '#libs/backlog/leases.ts';
import { PendingEvents } from '#libs/backlog/pendingEvents.ts';
import type { Scripts } from '#libs/backlog/scripts.ts';
import { BacklogSink } from '#libs/backlog/sink.ts';
import { type Contents, contradictions, inspectBacklog } from '#libs/backlog/tests/inspectBacklog.ts';
import { Waiting } from '#libs/backlog/waiting.ts';
import type { Webhook } from '#libs/domain/webhook.ts';
import { silentLogger } from '#libs/logging/logger.ts';
import { Replicas } from '#libs/publisher/replicas.ts';
import { reconcile } from '../../reconcile.ts';
import type { DeliverySettings } from '../../runParts.ts';
import { Ledger } from './ledger.ts';
import { ModelQueue } from './modelQueue.ts';
import { WEBHOOK } from './modelWebhook.ts';
import type { Seen } from './seen.ts';
import type { SteppedRun } from './steppedRun.ts';
import { Target } from './target.ts';
import { type Waking, Workers } from './workers.ts';

export const TTL_MS = 259_200_000;
export const GRACE_MS = 35_000;

/**
 * One webhook. Its backlog is in real Redis; all else is under the test's hand: the clock, the jobs, a target that
 * answers as it is told, and runs that stand still wherever they are told to.
 */
export class World {
  readonly ledger = new Ledger();
  readonly queue: ModelQueue;
  readonly target: Target;
  readonly backlog: Backlog;
  readonly leases: Leases;
  readonly settings: DeliverySettings;
  status: Seen = 'activated';
  now = 1_800_000_000_000;
  readonly workers: Workers;
  readonly problems: string[] = [];
  /** What has come about, so that the test can tell whether it has tested anything. */
  readonly happened: Set<string>;
  readonly #redis: Redis | Cluster;
  readonly #keys: KeyLayout;
  readonly #waiting: Waiting;
  readonly #discarded: Discarded;
  readonly webhookId: number;
  /** A job or a wake-up was lost, so that only the reconciler can help. */
  #jobLost = false;

  constructor(parts: {
    redis: Redis | Cluster;
    scripts: Scripts;
    keys: KeyLayout;
    webhookId: number;
    settings: DeliverySettings;
    happened: Set<string>;
  }) {
    const { redis, scripts, keys, webhookId, settings } = parts;
    const clock = () => this.now;
    this.settings = settings;
    this.happened = parts.happened;
    this.queue = new ModelQueue(clock);
    this.workers = new Workers(this);
    this.target = new Target(this);
    const replicas = new Replicas({ redis, count: 0 });
    this.backlog = new Backlog({ scripts, keys, clock, graceMs: GRACE_MS, replicas, keepDiscarded: true });
    this.leases = new Leases({ scripts, keys, clock });
    this.#discarded = new Discarded({ redis, keys });
    this.#waiting = new Waiting({ redis, keys });
    this.#redis = redis;
    this.#keys = keys;
    this.webhookId = webhookId;
  }

  /** The webhook as whoever has seen this status knows it. */
  webhook(status: Seen): Webhook | null {
    return status === 'deleted' ? null : { ...WEBHOOK, id: this.webhookId, status };
  }

  /** What the router does. */
  async append(chunks: readonly { events: number; poisonAt: number; ageMs: number }[], waking: Waking) {
    const waker = this.workers.wakerFor(waking);
    const routed = chunks.map(({ events, poisonAt, ageMs }) => {
      const made = Array.from({ length: events }, (_, at) => {
        // Every second one is new, so that a chunk is over its time in parts.
        const created = this.now - (at % 2 === 1 ? 0 : ageMs);
        const n = this.ledger.add(created + TTL_MS, at === poisonAt);
        return { type: 'open' as const, clientId: 1, created, text: `{"n":${n}` };
      });
      return { webhookId: this.webhookId, events: made };
    });
    await new BacklogSink({ backlog: this.backlog, waker }).append(routed, { wakeAlways: false });
  }

  get runs(): readonly SteppedRun[] {
    return this.workers.runs;
  }

  /** Time passes, and with it the lease of a direct run that stands still. */
  async loseLease(): Promise<void> {
    this.#jobLost = true;
    await this.#redis.del(this.#keys.of(this.webhookId).lease);
  }

  loseJobs(): void {
    this.#jobLost = true;
    this.queue.lose('deliveries');
    this.queue.lose('retries');
  }

  async change(status: Seen): Promise<void> {
    const changed = new PendingEvents({ backlog: this.backlog, waker: this.queue });
    if (status === 'deleted' && this.status === 'activated') return;
    this.status = this.status === 'deleted' ? 'deleted' : status;
    if (status === 'activated') {
      this.target.nextTryAt = 0;
      await changed.wake(this.webhookId);
    }
    if (status === 'deleted') {
      await changed.drop(this.webhookId);
      this.ledger.dropAll();
    }
  }

  async reconcile(): Promise<void> {
    const directory = { sync: async () => {}, webhook: async () => this.webhook(this.status) };
    await reconcile(
      {
        backlog: this.backlog,
        waiting: this.#waiting,
        waker: { hurry: (id, lane) => this.#hurry(id, lane) },
        directory,
        observer: { discarded() {} },
        clock: () => this.now,
        eventTtlMs: TTL_MS,
        // Its clock is never set back.
        longestWaitMs: Number.MAX_SAFE_INTEGER / 2,
        logger: silentLogger,
      },
      0,
    );
    if (this.status === 'deleted' && (await this.contents()).units.length === 0) this.ledger.dropAll();
  }

  #hurry(webhookId: number, lane: Lane): Promise<void> {
    this.#jobLost = false;
    return this.queue.hurry(webhookId, lane);
  }

  contents(): Promise<Contents> {
    return inspectBacklog(this.#redis, this.#keys, this.webhookId);
  }

  /** Time for an answer to come, in Redis's round trips: of several batches in flight, not the first is the first. */
  async answerTakes(event: number): Promise<void> {
    for (let i = 0; i <= event % 3; i++) await this.#redis.ping();
  }

  async #handedOver(): Promise<number[]> {
    const found = await this.#discarded.read(0, Number.MAX_SAFE_INTEGER);
    return found.flatMap(({ bytes }) => numbersOf(decodeChunk(bytes)));
  }

  /** What must hold at any moment. */
  async check(): Promise<void> {
    // On a slow machine it would run out by Redis's clock, which is not the model's.
    await this.#redis.persist(this.#keys.of(this.webhookId).lease);
    const contents = await this.contents();
    const numbers = contents.units.flatMap(({ chunk }) => numbersOf(chunk));
    const handedOver = await this.#handedOver();
    if (handedOver.length > 0) this.happened.add('events are discarded');
    this.problems.push(
      ...contradictions(contents),
      ...this.ledger.lost(new Set(numbers), handedOver),
      ...this.ledger.wronglyDiscarded(handedOver, this.now),
    );
    const someoneIsAtIt = this.queue.size > 0 || this.runs.some(({ stale }) => !stale);
    if (this.status === 'activated' && numbers.length > 0 && !someoneIsAtIt && !this.#jobLost) {
      this.problems.push('events wait, but there is no job');
    }
    if (this.problems.length > 0) throw new Error([...new Set(this.problems)].join('; '));
  }
}

function numbersOf({ json }: Chunk): number[] {
  return (JSON.parse(`[${json}]`) as { n: number }[]).map(({ n }) => n);
}
