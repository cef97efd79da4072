import { setTimeout as sleep } from 'node:timers/promises';
import { ErrorCode, type Job, type JobJson, Worker, type WorkerOptions } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';

/** BullMQ asks again at once when asking for a job failed; a full Redis would be asked, and logged, without a pause. */
const PAUSE_AFTER_ERROR_MS = 1_000;
/** BullMQ's own default. */
const USUAL_LOCK_MS = 30_000;

export interface PatientOptions extends WorkerOptions {
  readonly connection: Redis | Cluster;
  /**
   * How many jobs may be on their way beside those under way. BullMQ fetches as many as it may have, one by one, and
   * starts the first one after the last one: with room for thousands, seconds later, while the locks run out, which
   * are renewed from the start on. Left out: its way, for many jobs that are done together.
   */
  readonly jobsAhead?: number;
}

/**
 * A BullMQ worker that waits a moment when it cannot fetch, says for how long it has not fetched, and ends its jobs also
 * when their locks ran out while Redis was away.
 */
export class PatientWorker<Data> extends Worker<Data, void> {
  /** By a clock that nobody sets (`performance.now`). */
  lastFetchAt = performance.now();
  readonly #redis: Redis | Cluster;
  readonly #jobsAhead: number | undefined;
  #underWay = 0;

  constructor(
    name: string,
    process: (job: Job<Data, void>, token?: string) => Promise<void>,
    { jobsAhead, ...options }: PatientOptions,
  ) {
    super(name, (job, token) => this.#count(process(job, token)), options);
    this.#redis = options.connection;
    this.#jobsAhead = jobsAhead;
    this.#admit();
  }

  /**
   * For how long it has heard nothing of its queue. One that works and has room for another job hears of it at least
   * every `drainDelay`, also when there is nothing to do; one that has stopped to fetch shows no other sign of it.
   */
  silentMs(): number {
    return this.#underWay < this.concurrency ? performance.now() - this.lastFetchAt : 0;
  }

  protected override async moveToActive(token: string, name?: string): Promise<Job<Data, void>> {
    try {
      const job = await super.moveToActive(token, name);
      this.lastFetchAt = performance.now();
      return job;
    } catch (error) {
      await sleep(PAUSE_AFTER_ERROR_MS);
      throw error;
    }
  }

  protected override createJob(data: JobJson, jobId: string): Job<Data, void> {
    const job = super.createJob(data, jobId);
    const complete = job.moveToCompleted.bind(job);
    const delay = job.moveToDelayed.bind(job);
    job.moveToCompleted = (value, token, fetchNext) =>
      this.#withLock(jobId, token, () => complete(value, token, fetchNext));
    job.moveToDelayed = (at, token) => this.#withLock(jobId, token, () => delay(at, token));
    return job;
  }

  /** A lock that ran out, and that nobody else has taken since, is taken again: what was done need not be repeated. */
  async #withLock<Result>(
    jobId: string,
    token: string | undefined,
    end: () => Promise<Result>,
  ): Promise<Result> {
    try {
      return await end();
    } catch (error) {
      const isGone = error instanceof Error && 'code' in error && error.code === ErrorCode.JobLockNotExist;
      if (!isGone || token === undefined) throw error;
      const key = this.toKey(`${jobId}:lock`);
      const taken = await this.#redis.set(key, token, 'PX', this.opts.lockDuration ?? USUAL_LOCK_MS, 'NX');
      if (taken === null) throw error;
      return end();
    }
  }

  #admit(): void {
    if (this.#jobsAhead === undefined) return;
    const room = this.#underWay === 0 ? 1 : this.#underWay + this.#jobsAhead;
    this.concurrency = Math.min(this.opts.concurrency ?? 1, room);
  }

  async #count(processing: Promise<void>): Promise<void> {
    this.#underWay += 1;
    this.#admit();
    try {
      await processing;
    } finally {
      this.#underWay -= 1;
      this.#admit();
    }
  }
}
