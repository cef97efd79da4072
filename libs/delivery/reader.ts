import { type Opening, OVERTAKEN, type Overtaken } from '#libs/backlog/transitions.ts';
import { type Loaded, load } from './batch.ts';
import { halves } from './poisoned.ts';
import { discardExpired } from './record.ts';
import type { RunParts, Turn } from './runParts.ts';

/** How many entries one read fetches at most: a bound on a run's memory (100 events of 400 bytes each). */
const MAX_ENTRIES_PER_READ = 100;

/** Reads a webhook's backlog from the head on. A unit that was read is not read again in this run. */
export class Reader {
  readonly #parts: RunParts;
  readonly #turn: Turn;
  readonly #eventsPerEntry: number;
  #cursor: string | null = null;

  constructor(parts: RunParts, turn: Turn, { events, entries }: Extract<Opening, { mine: true }>) {
    this.#parts = parts;
    this.#turn = turn;
    this.#eventsPerEntry = Math.max(1, events / Math.max(1, entries));
  }

  /**
   * The next units with at least `wantedEvents` events in all, fewer when the backlog ends. What is too old on the
   * way is discarded; a unit above the batch size (the setting was lowered) is set aside in smaller parts.
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
      if (ended) break;
    }
    return usable;
  }

  async #readOnce(wantedEvents: number): Promise<{ units: Loaded[] | Overtaken; ended: boolean }> {
    const { backlog, clock, settings } = this.#parts;
    const { webhookId, run } = this.#turn;
    const entries = Math.min(MAX_ENTRIES_PER_READ, Math.ceil(wantedEvents / this.#eventsPerEntry));
    const pendings = await backlog.read(webhookId, run, this.#cursor, entries);
    if (pendings === OVERTAKEN) return { units: OVERTAKEN, ended: true };
    this.#cursor = pendings.at(-1)?.id ?? this.#cursor;
    const now = clock();
    const units = pendings.map((pending) => load(pending, now, settings.eventTtlMs));
    return { units, ended: pendings.length < entries };
  }

  async #sort(units: readonly Loaded[]): Promise<Loaded[] | Overtaken> {
    const { batchSize } = this.#parts.settings;
    await discardExpired(
      this.#parts,
      this.#turn,
      units.filter(({ alive }) => alive.clocks.length === 0),
    );
    const oversized = units.filter(({ alive }) => alive.clocks.length > batchSize);
    for (const unit of oversized) {
      if ((await this.#cutUp(unit, batchSize)) === OVERTAKEN) return OVERTAKEN;
    }
    return units.filter(({ alive }) => alive.clocks.length > 0 && alive.clocks.length <= batchSize);
  }

  #cutUp({ pending, alive }: Loaded, batchSize: number) {
    const { backlog, clock, newId } = this.#parts;
    const pieces = halves(alive, pending.failed, { dueAt: clock(), newId, batchSize });
    return backlog.setAside(this.#turn.webhookId, this.#turn.run, [pending], pieces);
  }
}
