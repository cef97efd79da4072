import { setImmediate as microtasksDone } from 'node:timers/promises';
import type { Lane } from '#libs/backlog/lane.ts';
import type { Slot } from '../../slots.ts';
import { type TurnParts, takeTurn } from '../../takeTurn.ts';
import type { Seen } from './seen.ts';

/** How a run that is held goes on: so many steps, or with an error in its next call (a lost connection). */
export type GoOn = { readonly steps: number } | 'trouble';

const SLOT: Slot = { whileWaiting: (answer) => answer };

/**
 * A delivery run that is held before and after its calls to the outside once its steps are used up. There it is met
 * by a crash, a pause, or a change that comes just then.
 */
export class SteppedRun {
  readonly lane: Lane;
  /** Of a direct run, which has no job: the sleep that it ends. */
  readonly asleep: string | undefined;
  /** Its job has been given to another worker: it was paused for too long, or its process is dead. */
  stale = false;
  /** The webhook's status when the run last looked for changes; null when it has sent something since then. */
  seen: Seen | null = null;
  inFlight = 0;
  /** The events that it has sent. */
  readonly carried = new Set<number>();
  #ended = false;
  #stepsLeft = 0;
  #trouble = false;
  #held: (() => void)[] = [];
  readonly #executing = new Set<Promise<unknown>>();

  constructor(lane: Lane, asleep?: string) {
    this.lane = lane;
    this.asleep = asleep;
  }

  /** Held at its first call. `parts` must pass their calls through `call`. */
  begin(parts: TurnParts, webhookId: number, onEnd: (delayedUntil: number | null) => void): void {
    const stopping = new AbortController().signal;
    const direct = this.asleep === undefined ? {} : { asleep: this.asleep };
    const whose = { webhookId, lane: this.lane, slot: SLOT, stopping, ...direct };
    void takeTurn(parts, whose).then((delayedUntil) => {
      this.#ended = true;
      onEnd(delayedUntil);
    });
  }

  /** Lets it go on until it is held again or has ended. */
  async goOn(how: GoOn): Promise<void> {
    this.#trouble = how === 'trouble';
    this.#stepsLeft = how === 'trouble' ? 1 : how.steps;
    for (const release of this.#held.splice(0)) release();
    while (true) {
      await microtasksDone();
      if (this.#executing.size > 0) await Promise.race(this.#executing);
      else if (this.#ended || this.#held.length > 0) return;
    }
  }

  /** `mayFail`: the connection that this call needs may be lost, before or after it. */
  async call<T>(
    execute: () => Promise<T>,
    { mayFail }: { mayFail: boolean } = { mayFail: true },
  ): Promise<T> {
    await this.#hold(mayFail);
    const executing = execute();
    this.#executing.add(executing);
    const result = await executing.finally(() => this.#executing.delete(executing));
    await this.#hold(mayFail);
    return result;
  }

  async #hold(mayFail: boolean): Promise<void> {
    if (this.#stepsLeft <= 0) await new Promise<void>((resolve) => this.#held.push(resolve));
    this.#stepsLeft -= 1;
    if (!this.#trouble || !mayFail) return;
    this.#trouble = false;
    this.#stepsLeft = Number.POSITIVE_INFINITY;
    throw new Error('Connection is closed.');
  }
}
