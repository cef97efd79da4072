import { setTimeout as sleep } from 'node:timers/promises';
import { type Job, Worker } from 'bullmq';

/** BullMQ asks again at once when asking for a job failed; a full Redis would be asked, and logged, without a pause. */
const PAUSE_AFTER_ERROR_MS = 1_000;

/** A BullMQ worker that waits a moment when it cannot fetch. */
export class PatientWorker<Data> extends Worker<Data, void> {
  protected override async moveToActive(token: string, name?: string): Promise<Job<Data, void>> {
    try {
      return await super.moveToActive(token, name);
    } catch (error) {
      await sleep(PAUSE_AFTER_ERROR_MS);
      throw error;
    }
  }
}
