import type { MailEvent } from './mailEvent.ts';
import type { MailEventType } from './queueNames.ts';

/** What a client may publish of one type in a second before it counts as a burst; also what it may at once. */
const CALM_EVENTS_PER_SECOND = 5_000;
/** Clients remembered of each type; beyond it, those that are calm are forgotten, which changes nothing. */
const MAX_CLIENTS = 10_000;

/** A job of a burst, and whether somebody has to route it yet. */
export interface BurstJob {
  isOver(): Promise<boolean>;
}

/**
 * What one client publishes of one type. A queue is first in, first out, so that a million events of one client
 * would hold up the next event of every other. The events of a burst therefore go into jobs of a lower priority. They
 * keep their order: once in a burst, all events of the client go that way until the last of those jobs is over.
 */
export class ClientFlow {
  #free = CALM_EVENTS_PER_SECOND;
  #at: number;
  #bursts = false;
  /** Events of the burst that are not in a job yet. */
  #underWay = 0;
  #lastJob: BurstJob | undefined;
  #ending: Promise<void> | undefined;

  constructor(now: number) {
    this.#at = now;
  }

  /** One more event. Says whether it belongs to a burst; then `added` or `failed` has to follow. */
  take(now: number): boolean {
    this.#refill(now);
    if (this.#free < 1) this.#bursts = true;
    else this.#free -= 1;
    if (this.#bursts) this.#underWay += 1;
    return this.#bursts;
  }

  added(job: BurstJob): void {
    this.#underWay -= 1;
    this.#lastJob = job;
  }

  failed(): void {
    this.#underWay -= 1;
  }

  isCalm(now: number): boolean {
    this.#refill(now);
    return !this.#bursts && this.#free === CALM_EVENTS_PER_SECOND;
  }

  /** Resolves at once, unless it has been quiet after a burst: then somebody has to ask whether that is over. */
  async mayEnd(now: number): Promise<void> {
    this.#refill(now);
    if (!this.#bursts || this.#underWay > 0 || this.#free < CALM_EVENTS_PER_SECOND) return;
    this.#ending ??= this.#askForEnd().finally(() => {
      this.#ending = undefined;
    });
    await this.#ending;
  }

  async #askForEnd(): Promise<void> {
    const job = this.#lastJob;
    // Without an answer the burst goes on: that is safe, and whatever ails Redis shows in what follows.
    const isOver = !job || (await job.isOver().catch(() => false));
    if (isOver && this.#underWay === 0 && this.#lastJob === job) this.#bursts = false;
  }

  #refill(now: number): void {
    const free = this.#free + ((now - this.#at) * CALM_EVENTS_PER_SECOND) / 1_000;
    this.#free = Math.min(CALM_EVENTS_PER_SECOND, free);
    this.#at = now;
  }
}

/** The flows of all clients. `clock` never goes back (ms). */
export class ClientFlows {
  readonly #clock: () => number;
  readonly #byType = new Map<MailEventType, Map<number, ClientFlow>>();

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Lets the bursts end that are over, for those whose events these are. */
  async settle(events: readonly MailEvent[]): Promise<void> {
    const now = this.#clock();
    await Promise.all(
      [...new Set(events.map((event) => this.#of(event, now)))].map((flow) => flow.mayEnd(now)),
    );
  }

  /** One more event. Its client's flow if it belongs to a burst. */
  take(event: MailEvent): ClientFlow | null {
    const now = this.#clock();
    const flow = this.#of(event, now);
    return flow.take(now) ? flow : null;
  }

  #of({ type, clientId }: MailEvent, now: number): ClientFlow {
    const clients = this.#byType.get(type) ?? new Map<number, ClientFlow>();
    this.#byType.set(type, clients);
    const known = clients.get(clientId);
    if (known) return known;
    if (clients.size >= MAX_CLIENTS) forgetCalm(clients, now);
    const flow = new ClientFlow(now);
    clients.set(clientId, flow);
    return flow;
  }
}

function forgetCalm(clients: Map<number, ClientFlow>, now: number): void {
  for (const [clientId, flow] of clients) if (flow.isCalm(now)) clients.delete(clientId);
}
