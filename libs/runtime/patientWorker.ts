import { setTimeout as sleep } from 'node:timers/promises';
import { type Job, Worker, type WorkerOptions } from 'bullmq';

/** BullMQ asks again at once when asking for a job failed; a full Redis would be asked, and logged, without a pause. */
const PAUSE_AFTER_ERROR_MS = 1_000;

/** A BullMQ worker that waits a moment when it cannot fetch, and says for how long it has not fetched. */
export class PatientWorker<Data> extends Worker<Data, void> {
  /** By a clock that nobody sets (`performance.now`). */
  lastFetchAt = performance.now();
  #underWay = 0;

  constructor(
    name: string,
    process: (job: Job<Data, void>, token?: string) => Promise<void>,
    options: WorkerOptions,
  ) {
    super(name, (job, token) => this.#count(process(job, token)), options);
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

  async #count(processing: Promise<void>): Promise<void> {
    this.#underWay += 1;
    try {
      await processing;
    } finally {
      this.#underWay -= 1;
    }
  }
}
