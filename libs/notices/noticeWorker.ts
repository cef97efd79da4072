import type { Job, Telemetry } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import type { NoticeKind } from '#libs/domain/noticeKind.ts';
import { httpStatusCode, type Outcome } from '#libs/domain/outcome.ts';
import type { Logger } from '#libs/logging/logger.ts';
import { queueNameOn } from '#libs/publisher/queueNames.ts';
import { PatientWorker } from '#libs/runtime/patientWorker.ts';
import { onQueueError } from '#libs/runtime/queueErrors.ts';
import type { Transmitter } from '#libs/target/transmit.ts';
import { type Notice, noticeBody, noticeText, parseNotice } from './notice.ts';
import { NOTICES } from './noticeQueue.ts';

/** Notices are rare; a receiver that hangs must hold up no other for long. */
const CONCURRENCY = 10;
const TIMEOUT_MS = 10_000;
/** A new job wakes the worker at once; this is only how often it asks by itself (10 s is BullMQ's longest). */
const IDLE_WAIT_S = 10;

export interface NoticeWorkerParts {
  /** With `maxRetriesPerRequest: null`. */
  readonly redis: Redis | Cluster;
  readonly prefix: string;
  readonly logger: Logger;
  /** Traces of the jobs; without it, none are made. */
  readonly telemetry?: Telemetry | undefined;
  /** Where notices are sent to; without it they are only logged and counted. */
  readonly receiver: { readonly url: string; readonly transmitter: Transmitter } | null;
  readonly onNotice: (kind: NoticeKind) => void;
}

/** Notices come in; each becomes a log line, a count and, where somebody wants it, a POST that is tried a few times. */
export class NoticeWorker {
  readonly #parts: NoticeWorkerParts;
  readonly #worker: PatientWorker<Notice>;

  constructor(parts: NoticeWorkerParts) {
    const { redis, prefix, logger, telemetry } = parts;
    this.#parts = parts;
    const name = queueNameOn(redis, prefix, NOTICES);
    this.#worker = new PatientWorker<Notice>(name, (job) => this.#process(job), {
      connection: redis,
      prefix,
      autorun: false,
      concurrency: CONCURRENCY,
      drainDelay: IDLE_WAIT_S,
      ...(telemetry && { telemetry }),
    });
    onQueueError(this.#worker, (error) => logger.warn('The queue of notices reports an error', { error }));
    this.#worker.on('failed', (job, error) => {
      const { attempts = 1 } = job?.opts ?? {};
      if (!job || job.attemptsMade < attempts) return;
      logger.error('A notice could not be sent', { notice: job.id, tries: attempts, reason: error.message });
    });
  }

  start(): void {
    this.#worker.run().catch((error: unknown) => {
      this.#parts.logger.error('The worker of notices ended', { error });
    });
  }

  /** What is being sent after `patienceMs` is given up, and sent again by another worker. */
  async close(patienceMs: number): Promise<void> {
    const timer = setTimeout(() => this.#parts.receiver?.transmitter.close(), patienceMs);
    await this.#worker.close();
    clearTimeout(timer);
  }

  async #process(job: Job<Notice>): Promise<void> {
    const { receiver } = this.#parts;
    const notice = parseNotice(job.data);
    if (job.attemptsMade === 0) this.#tell(notice);
    if (receiver === null) return;
    const outcome = await receiver.transmitter.transmit({
      url: receiver.url,
      body: noticeBody(notice),
      headers: {},
      timeoutMs: TIMEOUT_MS,
    });
    if (!isTaken(outcome)) throw new Error(`NOTIFY_URL did not take it: ${reasonOf(outcome)}`);
  }

  #tell(notice: Notice): void {
    const { logger, onNotice } = this.#parts;
    const { at: _, since, ...fields } = notice;
    onNotice(notice.kind);
    const write = notice.kind === 'recovered' ? logger.info : logger.warn;
    write('Notice', {
      ...fields,
      ...(since !== undefined && { since: new Date(since).toISOString() }),
      text: noticeText(notice),
    });
  }
}

/** Other systems than customers' say "done" in other ways, too. */
function isTaken(outcome: Outcome): boolean {
  const status = httpStatusCode(outcome);
  return status >= 200 && status < 300;
}

function reasonOf(outcome: Outcome): string {
  return 'message' in outcome ? outcome.message : `status ${httpStatusCode(outcome)}`;
}
