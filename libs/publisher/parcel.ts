import type { BurstJob, ClientFlow } from './bursts.ts';
import type { MailEvent, SizedEvent } from './mailEvent.ts';
import { describeFailure, PublishError } from './publishError.ts';

/** An event on its way into a job, and the publish that it belongs to. */
export interface Item extends SizedEvent {
  readonly parcel: Parcel;
  /** Of its client, when it belongs to a burst. */
  burst: ClientFlow | null;
}

/** The events of one `publish`, which may travel in several jobs: settled when each of those is. */
export class Parcel {
  readonly bytes: number;
  readonly items: readonly Item[];
  readonly settled: Promise<void>;
  #left: number;
  readonly #missing: MailEvent[] = [];
  #cause: unknown;
  readonly #finish: { resolve(): void; reject(error: unknown): void };

  constructor(events: readonly SizedEvent[]) {
    this.items = events.map(({ event, text, bytes }) => ({ event, text, bytes, parcel: this, burst: null }));
    this.bytes = events.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#left = events.length;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.settled = promise;
    this.#finish = { resolve, reject };
  }

  queued({ burst }: Item, job: BurstJob): void {
    burst?.added(job);
    this.#settleOne();
  }

  failed({ burst, event }: Item, cause: unknown): void {
    burst?.failed();
    this.#missing.push(event);
    this.#cause ??= cause;
    this.#settleOne();
  }

  #settleOne(): void {
    this.#left -= 1;
    if (this.#left > 0) return;
    const cause = this.#cause;
    if (this.#missing.length === 0) this.#finish.resolve();
    else this.#finish.reject(new PublishError(describeFailure(cause), this.#missing, cause));
  }
}
