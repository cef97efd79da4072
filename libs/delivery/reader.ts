import type { Pending } from '#libs/backlog/pending.ts';
import { type Opening, OVERTAKEN, type Overtaken } from '#libs/backlog/transitions.ts';
import { isDead, type Loaded, leavingOf, load, loadedPart } from './batch.ts';
import { halves } from './poisoned.ts';
import { discardExpired, reportExpired } from './record.ts';
import type { RunParts, Turn } from './runParts.ts';

/** How many entries one read fetches at most: a bound on a run's memory (100 events of 400 bytes each). */
const MAX_ENTRIES_PER_READ = 100;

type Opened = Extract<Opening, { mine: true }>;

interface Page {
  readonly pendings: readonly Pending[];
  /** Whether the backlog ended with it. */
  readonly ended: boolean;
}

/** Reads a webhook's backlog from the head on. A unit that was read is not read again in this run. */
export class Reader {
  readonly #parts: RunParts;
  readonly #turn: Turn;
  readonly #eventsPerEntry: number;
  #cursor: string | null = null;
  #head: Page | null;

  /** `head`: the first entries, which were read when the run began. */
  constructor(parts: RunParts, turn: Turn, { events, entries }: Opened, head: Page) {
    this.#parts = parts;
    this.#turn = turn;
    this.#eventsPerEntry = Math.max(1, events / Math.max(1, entries));
    this.#head = head;
  }

  /**
   * The next units with at least `wantedEvents` events in all, fewer when the backlog ends. What is too old on the
   * way is discarded; a unit above the batch size (the setting was lowered) is cut into smaller parts.
   */
  async read(wantedEvents: number): Promise<Loaded[] | Overtaken> {
    const usable: Loaded[] = [];
    let events = 0;
    while (events < wantedEvents) {
      const { units, ended } = await this.#readOnce(wantedEvents - events);
      if (units === OVERTAKEN) return OVERTAKEN;
      const kept = await this.#sort(units);
      if (kept === OVERTAKEN) return OVERTAKEN;
      usable.push(...kept);
      events += kept.reduce((sum, { alive }) => sum + alive.clocks.length, 0);
      // Where all that was read was too old, others may have come meanwhile, whom nobody woke a run for.
      if (ended && (usable.length > 0 || units.length === 0)) break;
    }
    return usable;
  }

  async #readOnce(wantedEvents: number): Promise<{ units: Loaded[] | Overtaken; ended: boolean }> {
    const page = this.#head ?? (await this.#nextPage(wantedEvents));
    if (page === OVERTAKEN) return { units: OVERTAKEN, ended: true };
    const { wanted, others } = takeWanted(page.pendings, wantedEvents);
    this.#head = others.length > 0 ? { pendings: others, ended: page.ended } : null;
    this.#cursor = page.pendings.at(-1)?.id ?? this.#cursor;
    return { units: this.#load(wanted), ended: others.length === 0 && page.ended };
  }

  async #nextPage(wantedEvents: number): Promise<Page | Overtaken> {
    const { backlog } = this.#parts;
    const { webhookId, run } = this.#turn;
    const entries = Math.min(MAX_ENTRIES_PER_READ, Math.ceil(wantedEvents / this.#eventsPerEntry));
    const pendings = await backlog.read(webhookId, run, this.#cursor, entries);
    return pendings === OVERTAKEN ? OVERTAKEN : { pendings, ended: pendings.length < entries };
  }

  /** The parts that are due at `until` (epoch ms), some at least unless there are none. */
  async readParts(until: number, count: number): Promise<Loaded[] | Overtaken> {
    const { backlog } = this.#parts;
    const { webhookId, run } = this.#turn;
    while (true) {
      const found = await backlog.readAside(webhookId, run, until, count);
      if (found === OVERTAKEN) return OVERTAKEN;
      const kept = await this.#sort(this.#load(found));
      if (kept === OVERTAKEN || kept.length > 0 || found.length === 0) return kept;
    }
  }

  #load(pendings: readonly Pending[]): Loaded[] {
    const { clock, settings } = this.#parts;
    const now = clock();
    return pendings.map((pending) => load(pending, now, settings.eventTtlMs));
  }

  async #sort(units: readonly Loaded[]): Promise<Loaded[] | Overtaken> {
    const { batchSize } = this.#parts.settings;
    await discardExpired(this.#parts, this.#turn, units.filter(isDead));
    const usable: Loaded[] = [];
    for (const unit of units.filter((each) => !isDead(each))) {
      const pieces = unit.alive.clocks.length > batchSize ? await this.#cutUp(unit) : [unit];
      if (pieces === OVERTAKEN) return OVERTAKEN;
      usable.push(...pieces);
    }
    return usable;
  }

  /** The pieces take the unit's place in this run. What the run does not get to is a due part afterwards. */
  async #cutUp(unit: Loaded): Promise<Loaded[] | Overtaken> {
    const { backlog, clock, newId, settings } = this.#parts;
    const { pending, alive } = unit;
    const pieces = halves(alive, pending.failed, { dueAt: clock(), newId, batchSize: settings.batchSize });
    const result = await backlog.setAside(this.#turn.webhookId, this.#turn.run, [leavingOf(unit)], pieces);
    if (result === OVERTAKEN) return OVERTAKEN;
    reportExpired(this.#parts, this.#turn, [unit]);
    return pieces.map(loadedPart);
  }
}

/** The first of `pendings` that have `wantedEvents` events in all, and the others. */
function takeWanted(pendings: readonly Pending[], wantedEvents: number) {
  let events = 0;
  const enough = pendings.findIndex((pending) => {
    events += pending.events;
    return events >= wantedEvents;
  });
  const count = enough === -1 ? pendings.length : enough + 1;
  return { wanted: pendings.slice(0, count), others: pendings.slice(count) };
}
