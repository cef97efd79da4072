import type { Job, JobJson } from 'bullmq';
import { PatientWorker } from '#libs/runtime/patientWorker.ts';

/** A BullMQ worker that can live with whatever a producer or a full Redis does to it. */
export class EventWorker extends PatientWorker<unknown> {
  /** Hears of each job when it has come from Redis, in the order of the queue. */
  onFetched: (jobId: string) => void = () => {};

  /** Data that is not JSON would be fetched, thrown at and left to stall for ever. Here it fails as a text. */
  protected override createJob(job: JobJson, jobId: string): Job<unknown, void> {
    this.onFetched(jobId);
    try {
      return super.createJob(job, jobId);
    } catch {
      return super.createJob({ ...job, data: JSON.stringify(job.data) }, jobId);
    }
  }
}
