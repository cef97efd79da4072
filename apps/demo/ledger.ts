import type { SampledType } from '#libs/domain/sampleEvents.ts';
import type { Answer, Post } from './customer.ts';
import { DEMO_TYPES, type DemoEvent } from './demoEvents.ts';

/** One type's figures. Events unless they say POSTs. */
export interface Tally {
  readonly published: number;
  readonly delivered: number;
  /** Delivered, but not with their first transmission. */
  readonly retried: number;
  readonly waiting: number;
  /** POSTs that were accepted. */
  readonly batches: number;
  readonly refusedPosts: number;
  /** Transmissions of events: an event in three POSTs counts three times. */
  readonly attempts: number;
  readonly refusedAttempts: number;
  /** Events that came again after they had been accepted. */
  readonly duplicates: number;
  /** Events that nobody published. */
  readonly strangers: number;
  /** Transmissions whose `attempt` was not one more than the one before. */
  readonly wrongAttempts: number;
}

/** An event that has not been accepted so far. */
export interface OpenEvent {
  readonly publishedAt: number;
  refusals: number;
  /** Of these, how many in a POST of its own. */
  refusalsAlone: number;
}

/** Enough for the whole show; with --stay, the oldest are forgotten. */
const MAX_REMEMBERED = 100_000;

/** What was published, and what the customer got of it: the figures of the show. */
export class Ledger {
  readonly #books = new Map(DEMO_TYPES.map((type) => [type, new Book()]));

  published(events: readonly DemoEvent[]): void {
    for (const { type, mailId, created } of events) this.#book(type).publish(mailId, created);
  }

  answered({ type, events, at }: Post, { status }: Answer): void {
    const book = this.#book(type);
    if (status === 200) book.accept(events, at);
    else book.refuse(events);
  }

  tally(type: SampledType): Tally {
    return this.#book(type).tally();
  }

  open(type: SampledType): ReadonlyMap<string, OpenEvent> {
    return this.#book(type).open;
  }

  /** From an event to its acceptance, of events that were accepted the first time. */
  latenciesMs(type: SampledType): readonly number[] {
    return this.#book(type).latenciesMs;
  }

  #book(type: SampledType): Book {
    const book = this.#books.get(type);
    if (!book) throw new Error(`The demo has no events of the type "${type}".`);
    return book;
  }
}

type Counts = { -readonly [Name in Exclude<keyof Tally, 'waiting'>]: number };
type Events = Post['events'];

class Book {
  /** By mail. */
  readonly open = new Map<string, OpenEvent>();
  readonly latenciesMs: number[] = [];
  readonly #accepted = new Set<string>();
  readonly #counts: Counts = {
    published: 0,
    delivered: 0,
    retried: 0,
    batches: 0,
    refusedPosts: 0,
    attempts: 0,
    refusedAttempts: 0,
    duplicates: 0,
    strangers: 0,
    wrongAttempts: 0,
  };

  publish(mailId: string, at: number): void {
    this.#counts.published += 1;
    this.open.set(mailId, { publishedAt: at, refusals: 0, refusalsAlone: 0 });
  }

  refuse(events: Events): void {
    this.#counts.refusedPosts += 1;
    this.#counts.refusedAttempts += events.length;
    for (const { mailId, attempt } of events) {
      const event = this.#transmitted(mailId, attempt);
      if (!event) continue;
      event.refusals += 1;
      if (events.length === 1) event.refusalsAlone += 1;
    }
  }

  accept(events: Events, at: number): void {
    this.#counts.batches += 1;
    for (const { mailId, attempt } of events) {
      const event = this.#transmitted(mailId, attempt);
      if (!event) continue;
      this.#counts.delivered += 1;
      if (event.refusals > 0) this.#counts.retried += 1;
      else if (this.latenciesMs.length < MAX_REMEMBERED) this.latenciesMs.push(at - event.publishedAt);
      this.#close(mailId);
    }
  }

  tally(): Tally {
    return { ...this.#counts, waiting: this.open.size };
  }

  /** The event if it may come now; counts what is wrong with its coming. */
  #transmitted(mailId: string, attempt: number): OpenEvent | undefined {
    this.#counts.attempts += 1;
    const event = this.open.get(mailId);
    if (!event) this.#counts[this.#accepted.has(mailId) ? 'duplicates' : 'strangers'] += 1;
    else if (attempt !== event.refusals + 1) this.#counts.wrongAttempts += 1;
    return event;
  }

  #close(mailId: string): void {
    this.open.delete(mailId);
    this.#accepted.add(mailId);
    if (this.#accepted.size <= MAX_REMEMBERED) return;
    const [oldest = ''] = this.#accepted;
    this.#accepted.delete(oldest);
  }
}
