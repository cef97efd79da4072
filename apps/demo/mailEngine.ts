import { setTimeout as sleep } from 'node:timers/promises';
import type { Publisher } from '#libs/publisher/publisher.ts';
import { type DemoEvent, freshSamples, type MailRange, waveEvents } from './demoEvents.ts';

export interface Campaign {
  readonly waves: number;
  readonly mailsPerWave: number;
  readonly intervalMs: number;
}

/** A simulated mail engine. Mails go out in waves; events come out, through the publisher that real engines use. */
export class MailEngine {
  readonly #publisher: Pick<Publisher, 'publish'>;
  readonly #clock: () => number;
  /** Hears of events before they are published: they may be delivered before the publisher has its answer. */
  readonly #onPublish: (events: readonly DemoEvent[]) => void;
  #lastWave: MailRange = { from: 1, to: 1 };

  constructor(parts: {
    readonly publisher: Pick<Publisher, 'publish'>;
    readonly clock: () => number;
    readonly onPublish: (events: readonly DemoEvent[]) => void;
  }) {
    this.#publisher = parts.publisher;
    this.#clock = parts.clock;
    this.#onPublish = parts.onPublish;
  }

  async publishSamples(): Promise<void> {
    await this.#publish(freshSamples(this.#clock()));
  }

  /** The last wave sends nothing: it brings what became of the mails of the wave before it. */
  async run({ waves, mailsPerWave, intervalMs }: Campaign, signal: AbortSignal): Promise<void> {
    for (let wave = 0; wave <= waves; wave++) {
      await this.#sendWave(wave < waves ? mailsPerWave : 0);
      await sleep(intervalMs, undefined, { signal });
    }
  }

  async #sendWave(mails: number): Promise<void> {
    const { to } = this.#lastWave;
    const sending = { from: to, to: to + mails };
    const events = waveEvents({ sending, reacting: this.#lastWave, now: this.#clock() });
    this.#lastWave = sending;
    await this.#publish(events);
  }

  async #publish(events: readonly DemoEvent[]): Promise<void> {
    this.#onPublish(events);
    await this.#publisher.publish(events);
  }
}
