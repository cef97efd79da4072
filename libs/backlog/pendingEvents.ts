import type { Backlog } from './backlog.ts';
import { type Dropped, dropCounted } from './dropCounted.ts';
import type { DeliveryWaker } from './wakeDelivery.ts';

type PendingBacklog = Pick<Backlog, 'kick' | 'read' | 'readAside' | 'drop'>;

/** What a change of a webhook by hand means for the events that wait for it. */
export class PendingEvents {
  readonly #backlog: PendingBacklog;
  readonly #waker: Pick<DeliveryWaker, 'hurry'>;
  readonly #onDropped: (dropped: Dropped) => void;

  constructor(parts: {
    backlog: PendingBacklog;
    waker: Pick<DeliveryWaker, 'hurry'>;
    onDropped?: (dropped: Dropped) => void;
  }) {
    this.#backlog = parts.backlog;
    this.#waker = parts.waker;
    this.#onDropped = parts.onDropped ?? (() => undefined);
  }

  /** It was activated or updated: what waits is tried at once. */
  async wake(webhookId: number): Promise<void> {
    const { pending, lane } = await this.#backlog.kick(webhookId);
    if (pending) await this.#waker.hurry(webhookId, lane);
  }

  /** It was deleted: what waits is dropped. Returns the number of events. */
  async drop(webhookId: number): Promise<number> {
    const dropped = await dropCounted(this.#backlog, webhookId);
    this.#onDropped(dropped);
    return dropped.events;
  }
}
