import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, Queue } from 'bullmq';
import type { ManagedProcess } from './managedProcess.ts';

/** Longer than the longest cut of Redis and the recovery after it. */
const FIND_TIMEOUT_MS = 120_000;
const POLL_MS = 20;

/** Finds the worker that has a webhook's turn, by the name that it leaves in the webhook's delivery job. */
export class Pursuit {
  readonly #queues: readonly Queue[];
  readonly #workers: readonly ManagedProcess[];

  /** `queues`: of both lanes, on a connection that no fault cuts but Redis's own end. */
  constructor(parts: { queues: readonly Queue[]; workers: readonly ManagedProcess[] }) {
    this.#queues = parts.queues;
    this.#workers = parts.workers;
  }

  /** kill -9 to whichever worker has the webhook's turn, then to whichever takes it over, and so on. */
  async kill(webhookId: number, times: number): Promise<void> {
    for (let count = 0; count < times; count += 1) {
      const worker = await this.#find(webhookId);
      await worker.restart('SIGKILL');
    }
  }

  async #find(webhookId: number): Promise<ManagedProcess> {
    const deadline = Date.now() + FIND_TIMEOUT_MS;
    while (Date.now() < deadline) {
      for (const queue of this.#queues) {
        const job = await activeJob(queue, webhookId).catch(() => undefined);
        const pid = Number(job?.processedBy?.split(':').at(-1));
        const worker = this.#workers.find((candidate) => candidate.pid === pid);
        if (worker) return worker;
      }
      await sleep(POLL_MS);
    }
    throw new Error(`No worker had the turn of webhook ${webhookId} for ${FIND_TIMEOUT_MS} ms.`);
  }
}

async function activeJob(queue: Queue, webhookId: number): Promise<Job | undefined> {
  const jobId = await queue.getDeduplicationJobId(`webhook-${webhookId}`);
  const job = jobId ? await queue.getJob(jobId) : undefined;
  return job && (await job.isActive()) ? job : undefined;
}
