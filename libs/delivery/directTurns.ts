import type { DeliveryWaker, Wake } from '#libs/backlog/wakeDelivery.ts';
import type { Slots } from './slots.ts';
import { type TurnParts, takeTurn } from './takeTurn.ts';

/** A worker with more to do than this leaves the others to their jobs, so that their batches grow meanwhile. */
const MAX_UNDER_WAY = 16;

interface DirectParts extends TurnParts {
  /** Of the lane of deliveries. */
  readonly slots: Slots;
}

/** What a webhook wakes by. */
type Waker = Pick<DeliveryWaker, 'wake'>;

/**
 * The short way from the router to a delivery in the same process: a webhook that sleeps gets its turn at once, without
 * a job that would have to go through Redis and back. Whatever comes after this one turn has a job, as has every webhook
 * that is woken while many are under way.
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
    const others = wakes.filter((wake) => !this.#take(wake));
    if (others.length > 0) await this.#parts.waker.wake(others);
  }

  /** Resolves when none is under way. */
  async ended(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  #take({ webhookId, lane, asleep }: Wake): boolean {
    const { stopping } = this.#signals;
    if (!asleep || lane !== 'deliveries' || stopping.aborted) return false;
    if (this.#underWay.size >= MAX_UNDER_WAY) return false;
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
