import type { Job, Telemetry } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import { EVENT_TYPES, type EventType } from '#libs/domain/eventType.ts';
import type { Logger } from '#libs/logging/logger.ts';
import { ThrottledLog } from '#libs/logging/throttledLog.ts';
import { eventQueueName, queueNameOn } from '#libs/publisher/queueNames.ts';
import { onQueueError } from '#libs/runtime/queueErrors.ts';
import { pauseBetweenChecks, StalledJobs } from '#libs/runtime/stalledJobs.ts';
import type { BacklogSink } from './backlogSink.ts';
import { type Committed, type JobEvents, RouteCommitter, type RouteDirectory } from './commitRoutes.ts';
import { CommitSize } from './commitSize.ts';
import { JobConcurrency } from './concurrency.ts';
import { EventWorker } from './eventWorker.ts';
import { byPlace, FetchedJobs } from './fetchedJobs.ts';
import { GroupCommit } from './groupCommit.ts';
import { countEvents } from './parseJobData.ts';
import { type RouterObserver, routeJob } from './routeJob.ts';

/**
 * How long an idle worker waits before it looks whether it missed something; a new job wakes it at once. BullMQ takes
 * a connection that waits for longer as stuck, and opens it anew.
 */
const IDLE_WAIT_S = 10;
/** The jobs of a worker that died, or stood still for so long, are taken over within the lock and one check. */
const LOCK_MS = 10_000;
const STALLED_CHECK_MS = 3_000;
/** A job may die with its worker as often as it likes: that says nothing about its events. */
const MAX_STALLED = 1_000_000_000;
/** BullMQ's, on the connection that all workers share; more than ten look like a leak to Node. */
const LISTENERS_PER_WORKER = 3;

export interface RouterParts {
  /** With `maxRetriesPerRequest: null`. Each queue opens a second one like it, to wait for jobs. */
  readonly redis: Redis | Cluster;
  readonly prefix: string;
  readonly directory: RouteDirectory;
  readonly sink: BacklogSink;
  readonly batchSize: number;
  readonly clock: () => number;
  readonly logger: Logger;
  readonly observer: RouterObserver;
  /** Traces of the jobs; without it, none are made. */
  readonly telemetry?: Telemetry | undefined;
  /** For tests of what happens to the jobs of a worker that died. */
  readonly lockMs?: number;
}

/** Jobs of the `events-<type>` queues come in; chunks for webhooks go out into the backlogs. */
export class Router {
  readonly #parts: RouterParts;
  readonly #warnings: ThrottledLog;
  readonly #stopping = new AbortController();
  readonly #commits: GroupCommit<JobEvents, Committed>;
  readonly #fetched: FetchedJobs;
  readonly #size = new CommitSize();
  #workers: readonly EventWorker[] = [];
  #stalled: StalledJobs | undefined;

  constructor(parts: RouterParts) {
    const { logger, clock } = parts;
    this.#parts = parts;
    this.#fetched = new FetchedJobs(clock);
    this.#warnings = new ThrottledLog({ write: (message, fields) => logger.warn(message, fields), clock });
    const committer = new RouteCommitter({ ...parts, size: this.#size, stopping: this.#stopping.signal });
    this.#commits = new GroupCommit<JobEvents, Committed>({
      commit: (jobs) => committer.commit(jobs),
      weigh: ({ events }) => this.#size.weigh(events.length),
      maxWeight: this.#size.maxWeight,
      isGathering: () => this.#fetched.anyOnTheWay(),
      compare: byPlace,
    });
  }

  start(): void {
    const { redis } = this.#parts;
    redis.setMaxListeners(redis.getMaxListeners() + LISTENERS_PER_WORKER * EVENT_TYPES.length);
    this.#workers = EVENT_TYPES.map((type) => this.#startWorker(type));
    this.#stalled = new StalledJobs({ redis, workers: this.#workers, everyMs: this.#stalledCheckMs });
    this.#stalled.start();
  }

  /** Lets the jobs at hand end. Has no time limit of its own. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#stalled?.stop(), ...this.#workers.map((worker) => worker.close())]);
  }

  /**
   * For how long the queue that has been silent for longest was not heard of. A router that works, idle or not, hears
   * of each queue at least every `IDLE_WAIT_S`.
   */
  silentMs(): number {
    return Math.max(...this.#workers.map((worker) => worker.silentMs()));
  }

  get #stalledCheckMs(): number {
    return Math.min(this.#parts.lockMs ?? LOCK_MS, STALLED_CHECK_MS);
  }

  #startWorker(type: EventType): EventWorker {
    const { redis, prefix, clock, observer, telemetry, lockMs = LOCK_MS } = this.#parts;
    const queue = queueNameOn(redis, prefix, eventQueueName(type));
    const warn = (kind: string, message: string, fields: object) =>
      this.#warnings.line(`${kind} ${type}`, message, { queue, ...fields });
    const parts = {
      type,
      clock,
      lockMs,
      observer,
      commit: (job: JobEvents) => this.#commits.add(job),
      onRejected: (events: number, reason: string) => warn('rejected', 'Events rejected', { events, reason }),
      onPostponed: (error: unknown) => warn('postponed', 'A job was put off', { error }),
    };
    const concurrency = new JobConcurrency(this.#size);
    const process = (job: Job<unknown>, token = '') => {
      const round = this.#fetched.started(`${type}:${job.id}`);
      concurrency.note(countEvents(job.data));
      worker.concurrency = concurrency.current();
      return routeJob(job, token, { ...parts, round });
    };
    const worker = new EventWorker(queue, process, {
      connection: redis,
      prefix,
      concurrency: concurrency.current(),
      drainDelay: IDLE_WAIT_S,
      lockDuration: lockMs,
      stalledInterval: pauseBetweenChecks(this.#stalledCheckMs),
      skipStalledCheck: true,
      maxStalledCount: MAX_STALLED,
      ...(telemetry && { telemetry }),
    });
    worker.onFetched = (jobId) => this.#fetched.fetched(`${type}:${jobId}`);
    onQueueError(worker, (error) => warn('error', 'The queue reports an error', { error }));
    return worker;
  }
}
