import { setTimeout as sleep } from 'node:timers/promises';
import type { Publisher } from '#libs/publisher/publisher.ts';
import { DEMO_TYPES } from './demoEvents.ts';
import { type Endpoints, failsFirst, refusesEvent } from './endpoints.ts';
import { type Check, checkFigures } from './figures.ts';
import { Ledger } from './ledger.ts';
import type { LogFigures } from './logFigures.ts';
import { MailEngine } from './mailEngine.ts';
import type { Narrator } from './narrator.ts';
import { CAMPAIGN, OUTAGE, POISON, POISON_TRIES_ALONE, TRICKLE } from './script.ts';
import type { Tallies } from './table.ts';
import { readWorkers, type WorkerFigures } from './workerMetrics.ts';

const REDRAW_INTERVAL_MS = 100;
/** A worker counts a POST a moment after the customer has answered it. */
const AGREEMENT_LIMIT_MS = 5_000;
const AGREEMENT_INTERVAL_MS = 200;

export interface ShowParts {
  readonly publisher: Pick<Publisher, 'publish'>;
  readonly endpoints: Endpoints;
  readonly narrator: Narrator;
  readonly workerUrls: readonly string[];
  /** What the delivery log says. */
  readonly log: () => Promise<LogFigures>;
  readonly limitMs: number;
  readonly signal: AbortSignal;
  /** Takes what went wrong behind the scenes. */
  readonly onFailure: (error: unknown) => void;
  readonly clock: () => number;
}

/** Mails go out, events come in, and every one is accounted for. */
export class Show {
  readonly #parts: ShowParts;
  readonly #ledger = new Ledger();
  readonly #engine: MailEngine;
  #startedAt = 0;

  constructor(parts: ShowParts) {
    const { publisher, clock } = parts;
    this.#parts = parts;
    const onPublish = this.#ledger.published.bind(this.#ledger);
    this.#engine = new MailEngine({ publisher, clock, onPublish });
  }

  /** Plays it to its end, or until its time is over; returns what can be said of its figures. */
  async play(): Promise<readonly Check[]> {
    const { endpoints, narrator, clock, limitMs, signal } = this.#parts;
    this.#startedAt = clock();
    endpoints.add(OUTAGE.type, failsFirst(OUTAGE.transmissions));
    endpoints.add(POISON.type, refusesEvent(POISON.mailId));
    endpoints.onAnswered = (post, answer) => {
      this.#ledger.answered(post, answer);
      // While all stops, the workers may still be at it.
      if (!signal.aborted) narrator.answered(post, answer, this.#elapsedMs() / 1_000);
    };
    let allPublished = false;
    void this.#publishAll().then(() => {
      allPublished = true;
    }, this.#parts.onFailure);
    while (!(allPublished && this.#isComplete()) && this.#elapsedMs() < limitMs) await this.#tick();

    const { tallies, checks } = await this.#agree();
    narrator.summary(tallies, checks);
    return checks;
  }

  /** Goes on with a few mails a second until the signal is aborted. */
  async goOn(): Promise<never> {
    const { signal, onFailure, narrator } = this.#parts;
    narrator.calmDown();
    void this.#engine.run(TRICKLE, signal).catch(onFailure);
    while (true) await this.#tick();
  }

  async #publishAll(): Promise<void> {
    await this.#engine.publishSamples();
    await this.#engine.run(CAMPAIGN, this.#parts.signal);
  }

  async #tick(): Promise<void> {
    const { narrator, signal } = this.#parts;
    narrator.progress(this.#tallies(), this.#elapsedMs() / 1_000);
    await sleep(REDRAW_INTERVAL_MS, undefined, { signal });
  }

  /** Nothing is open but the event that is refused for ever, and that one has been isolated. */
  #isComplete(): boolean {
    const refused = this.#ledger.open(POISON.type).get(POISON.mailId);
    const open = DEMO_TYPES.reduce((sum, type) => sum + this.#ledger.open(type).size, 0);
    return open === 1 && (refused?.refusalsAlone ?? 0) >= POISON_TRIES_ALONE;
  }

  /** The checks, once they all hold; or as they are when the workers' figures stay different. */
  async #agree(): Promise<{ readonly tallies: Tallies; readonly checks: readonly Check[] }> {
    const { signal, clock } = this.#parts;
    const deadline = clock() + (this.#isComplete() ? AGREEMENT_LIMIT_MS : 0);
    while (true) {
      const workers = await this.#askWorkers();
      const log = await this.#askLog();
      const tallies = this.#tallies();
      const checks = this.#check(tallies, workers, log);
      if (checks.every(({ holds }) => holds) || clock() > deadline) return { tallies, checks };
      await sleep(AGREEMENT_INTERVAL_MS, undefined, { signal });
    }
  }

  #askWorkers(): Promise<WorkerFigures | null> {
    const { workerUrls, signal } = this.#parts;
    return readWorkers(workerUrls, signal).catch(() => {
      signal.throwIfAborted();
      return null;
    });
  }

  #askLog(): Promise<LogFigures | null> {
    const { log, signal } = this.#parts;
    return log().catch(() => {
      signal.throwIfAborted();
      return null;
    });
  }

  #check(tallies: Tallies, workers: WorkerFigures | null, log: LogFigures | null): readonly Check[] {
    const ledger = this.#ledger;
    return checkFigures({
      tallies,
      open: (type) => ledger.open(type),
      poison: POISON,
      workers,
      log,
      latenciesMs: (type) => ledger.latenciesMs(type),
    });
  }

  #tallies(): Tallies {
    return new Map(DEMO_TYPES.map((type) => [type, this.#ledger.tally(type)]));
  }

  #elapsedMs(): number {
    return this.#parts.clock() - this.#startedAt;
  }
}
