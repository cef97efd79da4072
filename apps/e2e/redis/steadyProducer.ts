import { setTimeout as sleep } from 'node:timers/promises';
import { PublishError } from '#libs/publisher/publishError.ts';
import type { Publisher } from '#libs/publisher/publisher.ts';
import { type EngineEvent, makeEvent } from '#libs/testing/fixtures.ts';

const PAUSE_MS = 100;
const EVENTS_OF_A_CLIENT = 10;

interface Sent {
  readonly id: string;
  readonly clientId: number;
}

/**
 * A mail engine that publishes for several clients without an end, each round again until it is acknowledged, and keeps
 * a ledger.
 */
export class SteadyProducer {
  readonly published = new Set<string>();
  readonly acknowledged: Sent[] = [];
  #longestMs = 0;
  #isStopping = false;
  readonly #ended: Promise<unknown>;

  constructor(publisher: Publisher, clients: readonly Pick<EngineEvent, 'clientId' | 'type'>[]) {
    // Each client's by itself: those whose part of the cluster is well have to wait for no other.
    this.#ended = Promise.all(clients.map((client) => this.#publishFor(publisher, client)));
  }

  /** How long it took until events were acknowledged, at worst. */
  get longestMs(): number {
    return this.#longestMs;
  }

  acknowledgedOf(clientId: number): number {
    return this.acknowledged.filter((sent) => sent.clientId === clientId).length;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#ended;
  }

  async #publishFor(publisher: Publisher, fields: Pick<EngineEvent, 'clientId' | 'type'>): Promise<void> {
    while (!this.#isStopping) {
      const events = Array.from({ length: EVENTS_OF_A_CLIENT }, () => makeEvent(fields));
      for (const { id } of events) this.published.add(String(id));
      const beganAt = performance.now();
      await this.#untilAcknowledged(publisher, events);
      this.#longestMs = Math.max(this.#longestMs, performance.now() - beganAt);
      this.acknowledged.push(...events.map(({ id, clientId }) => ({ id: String(id), clientId })));
      await sleep(PAUSE_MS);
    }
  }

  async #untilAcknowledged(publisher: Publisher, events: readonly EngineEvent[]): Promise<void> {
    try {
      await publisher.publish(events);
    } catch (error) {
      if (!(error instanceof PublishError)) throw error;
      await sleep(PAUSE_MS);
      await this.#untilAcknowledged(publisher, error.events as readonly EngineEvent[]);
    }
  }
}
