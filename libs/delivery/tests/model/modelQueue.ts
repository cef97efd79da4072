import type { Lane } from '#libs/backlog/lane.ts';
import type { Wake } from '#libs/backlog/wakeDelivery.ts';

interface Job {
  /** The run that holds its lock; null while it waits. */
  run: object | null;
  dueAt: number;
  /** A wake-up while it was active: it becomes a job of its own afterwards. */
  next: { delayMs: number } | null;
}

/**
 * The jobs of one webhook by BullMQ's rules, on the clock of the model: BullMQ itself knows only the real one. That
 * BullMQ keeps these rules is tested in libs/backlog/tests/waker.itest.ts.
 */
export class ModelQueue {
  readonly #jobs = new Map<Lane, Job>();
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#jobs.size;
  }

  async wake(wakes: readonly Wake[]): Promise<void> {
    for (const { lane, delayMs = 0 } of wakes) {
      const job = this.#jobs.get(lane);
      if (!job) this.#jobs.set(lane, { run: null, dueAt: this.#clock() + delayMs, next: null });
      else if (job.run) job.next = { delayMs };
    }
  }

  async hurry(webhookId: number, lane: Lane): Promise<void> {
    const job = this.#jobs.get(lane);
    if (job && !job.run) job.dueAt = Math.min(job.dueAt, this.#clock());
    else await this.wake([{ webhookId, lane }]);
  }

  /** A worker takes the job of a lane, if there is one and it is due. */
  take(lane: Lane, run: object): boolean {
    const job = this.#jobs.get(lane);
    if (!job || job.run || job.dueAt > this.#clock()) return false;
    job.run = run;
    return true;
  }

  /** Its worker is done with it. Who has lost the lock changes nothing any more. */
  finish(lane: Lane, run: object, delayedUntil: number | null): void {
    const job = this.#jobs.get(lane);
    if (job?.run !== run) return;
    if (delayedUntil !== null) {
      job.run = null;
      job.dueAt = delayedUntil;
      return;
    }
    this.#jobs.delete(lane);
    if (job.next) this.#jobs.set(lane, { run: null, dueAt: this.#clock() + job.next.delayMs, next: null });
  }

  /** The lock of a run is over: the job waits again. */
  stall(lane: Lane, run: object): void {
    const job = this.#jobs.get(lane);
    if (job?.run !== run) return;
    job.run = null;
    job.dueAt = this.#clock();
  }

  /** A job that waits is gone, for no reason. */
  lose(lane: Lane): boolean {
    const job = this.#jobs.get(lane);
    return job !== undefined && !job.run && this.#jobs.delete(lane);
  }

  /** When the next job that waits is due; null when none does. */
  nextDueAt(): number | null {
    const waiting = [...this.#jobs.values()].filter(({ run }) => !run);
    return waiting.length === 0 ? null : Math.min(...waiting.map(({ dueAt }) => dueAt));
  }
}
