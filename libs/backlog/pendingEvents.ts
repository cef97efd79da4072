import type { Backlog } from './backlog.ts';
import type { DeliveryWaker } from './wakeDelivery.ts';

/** What a change of a webhook by hand means for the events that wait for it. */
export class PendingEvents {
  readonly #backlog: Pick<Backlog, 'kick' | 'drop'>;
  readonly #waker: Pick<DeliveryWaker, 'hurry'>;

  constructor(parts: { backlog: Pick<Backlog, 'kick' | 'drop'>; waker: Pick<DeliveryWaker, 'hurry'> }) {
    this.#backlog = parts.backlog;
    this.#waker = parts.waker;
  }

  /** It was activated or updated: what waits is tried at once. */
  async wake(webhookId: number): Promise<void> {
    const { pending, lane } = await this.#backlog.kick(webhookId);
    if (pending) await this.#waker.hurry(webhookId, lane);
  }

  /** It was deleted: what waits is dropped. Returns the number of events. */
  drop(webhookId: number): Promise<number> {
    return this.#backlog.drop(webhookId);
  }
}
