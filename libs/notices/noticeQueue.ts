import { type JobsOptions, Queue, type Telemetry } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import { QUEUE_STREAMS, queueNameOn } from '#libs/publisher/queueNames.ts';
import { type Notice, noticeId } from './notice.ts';

export const NOTICES = 'notices';

const DAY_S = 86_400;

/** About ten minutes. */
const TRIES = { attempts: 8, firstPauseMs: 5_000 };

/** Those that were sent stay for a day, for whoever looks into the dashboard. */
const OPTIONS: JobsOptions = {
  removeOnComplete: { age: DAY_S, count: 1_000 },
  removeOnFail: { age: 7 * DAY_S, count: 1_000 },
  stackTraceLimit: 0,
};

export interface NoticeQueueParts {
  readonly redis: Redis | Cluster;
  readonly prefix: string;
  readonly telemetry?: Telemetry | undefined;
  /** How often a notice is sent, with pauses that double. */
  readonly tries?: typeof TRIES;
}

/** Notices come in, each once however often it is added; a worker takes them out (noticeWorker.ts). */
export class NoticeQueue {
  readonly queue: Queue<Notice>;

  constructor({ redis, prefix, telemetry, tries = TRIES }: NoticeQueueParts) {
    const backoff = { type: 'exponential', delay: tries.firstPauseMs, jitter: 0.5 };
    this.queue = new Queue<Notice>(queueNameOn(redis, prefix, NOTICES), {
      connection: redis,
      prefix,
      streams: QUEUE_STREAMS,
      defaultJobOptions: { ...OPTIONS, attempts: tries.attempts, backoff },
      ...(telemetry && { telemetry }),
    });
    // Whoever opened the connection hears of its troubles; unheard, BullMQ would print each of them.
    this.queue.on('error', () => {});
  }

  /** Durable once it resolves. Notices with the same `mark` (epoch ms) are one. */
  async add(notice: Notice, mark: number): Promise<void> {
    await this.queue.add(notice.kind, notice, { jobId: noticeId(notice, mark) });
  }

  close(): Promise<void> {
    return this.queue.close();
  }
}
