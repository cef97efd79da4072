import type { DeliveryWaker, Wake } from '#libs/backlog/wakeDelivery.ts';
import type { Slots } from './slots.ts';
import { type TurnParts, takeTurn } from './takeTurn.ts';

/** With more to do than this, webhooks wait in the queue as jobs, so that their batches grow meanwhile. */
const MAX_UNDER_WAY = 16;

interface DirectParts extends TurnParts {
  /** Of the lane of deliveries. */
  readonly slots: Slots;
}

/** What a webhook wakes by. */
type Waker = Pick<DeliveryWaker, 'wake'>;

/**
 * The short way from the router to a delivery in the same process: a webhook that sleeps gets its turn at once, without
 * a job that would have to go through Redis and back. Whatever comes after this one turn has a job, as have all webhooks
 * that wake together when they are many.
 */
export class DirectTurns implements Waker {
  readonly #parts: DirectParts;
  readonly #signals: { readonly stopping: AbortSignal; readonly givingUp: AbortSignal };
  readonly #underWay = new Set<Promise<void>>();

  constructor(parts: DirectParts, signals: { stopping: AbortSignal; givingUp: AbortSignal }) {
    this.#parts = parts;
    this.#signals = signals;
  }

  /** Resolves when each is under way, or has a job. */
  async wake(wakes: readonly Wake[]): Promise<void> {
    const others = this.#areTooMany(wakes) ? wakes : wakes.filter((wake) => !this.#take(wake));
    if (others.length > 0) await this.#parts.waker.wake(others);
  }

  /** Resolves when none is under way. */
  async ended(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  #areTooMany(wakes: readonly Wake[]): boolean {
    return this.#signals.stopping.aborted || this.#underWay.size + wakes.length > MAX_UNDER_WAY;
  }

  #take({ webhookId, lane, asleep }: Wake): boolean {
    if (!asleep || lane !== 'deliveries') return false;
    const turn = this.#turn(webhookId, asleep).finally(() => this.#underWay.delete(turn));
    this.#underWay.add(turn);
    return true;
  }

  async #turn(webhookId: number, asleep: string): Promise<void> {
    const { run, waker, logger, slots } = this.#parts;
    const whose = { webhookId, lane: 'deliveries', asleep, ...this.#signals } as const;
    const delayedUntil = await slots.use((slot) => takeTurn(this.#parts, { ...whose, slot }));
    if (delayedUntil === null) return;
    try {
      const { lane } = whose;
      await waker.wake([{ webhookId, lane, delayMs: delayedUntil - run.clock() }]);
    } catch (error) {
      // The reconciler will.
      logger.warn('A webhook could not be woken', { webhookId, error });
    }
  }
}
