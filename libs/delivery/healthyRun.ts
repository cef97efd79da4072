import { type Opening, OVERTAKEN } from '#libs/backlog/transitions.ts';
import type { Outcome } from '#libs/domain/outcome.ts';
import type { Webhook } from '#libs/domain/webhook.ts';
import { type Batch, groupBatches, toBatch } from './batch.ts';
import { isDue, nextStep, windowSize } from './nextStep.ts';
import { permission } from './pace.ts';
import { MAX_REFUSED_PARTS } from './poisoned.ts';
import type { Reader } from './reader.ts';
import { describeFailure, dropExpired, postponePart, settleDelivered } from './record.ts';
import { DONE, type RunEnd, type RunParts, type Turn } from './runParts.ts';
import { activeWebhook, transmitBatch } from './transmitBatch.ts';

type Opened = Extract<Opening, { mine: true }>;

/**
 * A run in the lane of deliveries: batches go out, oldest first, until nothing waits, the slice is over, or one
 * fails. Parts that were set aside and are due go between them.
 */
export class HealthyRun {
  readonly #parts: RunParts;
  readonly #turn: Turn;
  readonly #reader: Reader;
  readonly #window: number;
  readonly #inFlight = new Set<Promise<void>>();
  /** Batches that failed, to be counted when no other is in flight. */
  readonly #failed: { batch: Batch; outcome: Outcome }[] = [];
  #ready: Batch[] = [];
  #refusedParts = 0;
  #stop: 'overtaken' | 'notActive' | 'paced' | 'error' | null = null;
  #pacedUntil = 0;
  /** No entry was left after the last settlement: when the first part is due, or null when there is none. */
  #drained: { readonly firstPartDueAt: number | null } | null = null;
  #synchronised = true;
  #error: unknown = null;

  constructor(parts: RunParts, turn: Turn, opening: Opened, reader: Reader) {
    this.#parts = parts;
    this.#turn = turn;
    this.#reader = reader;
    // A direct run's lease ends with the settlement that leaves nothing: nothing else may be in flight then.
    this.#window = turn.asleep ? 1 : windowSize(opening.events, parts.settings.batchSize);
  }

  async execute(opening: Opened): Promise<RunEnd> {
    try {
      if (opening.firstPartDueAt !== null) await this.#takeParts(opening.firstPartDueAt);
      while (this.#goesOn() && !this.#sliceIsOver()) {
        await this.#fillWindow();
        if (this.#inFlight.size === 0) break;
        await this.#turn.slot.whileWaiting(Promise.race(this.#inFlight));
      }
    } catch (error) {
      this.#giveUp(error);
    }
    // Also after an error: what is in flight is still this run's, and nobody else's turn.
    await this.#turn.slot.whileWaiting(Promise.all(this.#inFlight));
    // And whatever else went wrong, a failure counts, or the next run would try again at once.
    const [first] = this.#failed;
    const end = first && (await this.#fail(first.outcome, opening.failures));
    if (this.#stop === 'error') throw this.#error;
    return end ?? this.#end();
  }

  #goesOn(): boolean {
    return this.#failed.length === 0 && this.#stop === null;
  }

  #giveUp(error: unknown): void {
    this.#error = error;
    this.#stop = 'error';
  }

  async #fillWindow(): Promise<void> {
    while (this.#inFlight.size < this.#window && this.#goesOn()) {
      const next = await this.#nextBatch();
      if (!next) return;
      // In this order, so that a webhook deactivated a moment ago gets no further POST.
      const webhook = await this.#permitted();
      if (!webhook) return;
      const batch = await dropExpired(this.#parts, this.#turn, next);
      if (!batch) continue;
      // Of those in flight, one may have failed meanwhile.
      if (!this.#goesOn()) return;
      const sent = transmitBatch(this.#parts, this.#turn, webhook, batch)
        .then((outcome) => this.#record(batch, outcome))
        .catch((error: unknown) => this.#giveUp(error))
        .finally(() => this.#inFlight.delete(sent));
      this.#inFlight.add(sent);
    }
  }

  /** The webhook, if it may get a POST now; else it is noted why not. */
  async #permitted(): Promise<Webhook | null> {
    const permitted = await permission(this.#parts, this.#turn, () => this.#currentWebhook());
    if (permitted === OVERTAKEN) this.#stop = 'overtaken';
    else if (permitted === null) this.#stop = 'notActive';
    else if (permitted.kind === 'granted') return permitted.webhook;
    else {
      this.#stop ??= 'paced';
      this.#pacedUntil = permitted.at;
    }
    return null;
  }

  /** The directory was synchronised when the run began; for every later batch it is again. */
  async #currentWebhook() {
    if (!this.#synchronised) await this.#parts.directory.sync();
    this.#synchronised = false;
    return activeWebhook(this.#parts, this.#turn);
  }

  async #nextBatch(): Promise<Batch | null> {
    const ready = this.#ready.shift();
    if (ready) return ready;
    if (this.#drained) return null;
    const { batchSize } = this.#parts.settings;
    const units = await this.#reader.read(this.#window * batchSize);
    if (units === OVERTAKEN) {
      this.#stop = 'overtaken';
      return null;
    }
    const [first = null, ...others] = groupBatches(units, batchSize);
    this.#ready = others;
    return first;
  }

  async #takeParts(firstDueAt: number): Promise<void> {
    const now = this.#parts.clock();
    if (!isDue(firstDueAt, now, this.#parts.settings.retryIntervalMs)) return;
    const units = await this.#reader.readParts(Math.max(now, firstDueAt), MAX_REFUSED_PARTS);
    if (units === OVERTAKEN) this.#stop = 'overtaken';
    else this.#ready = units.map((unit) => toBatch('part', [unit]));
  }

  async #record(batch: Batch, outcome: Outcome | null): Promise<void> {
    // Then the process stops, and so does this run.
    if (outcome === null) return;
    const { clock, random, settings } = this.#parts;
    const at = { now: clock(), random: random() };
    const step = nextStep(
      { lane: this.#turn.lane, source: batch.source, failures: 0 },
      outcome,
      at,
      settings,
    );
    if (step.kind === 'settle') {
      const left = await settleDelivered(this.#parts, this.#turn, batch);
      this.#drained = left.entries === 0 ? left : null;
      if (left.overtaken) this.#stop = 'overtaken';
    } else if (step.kind === 'postpone') {
      this.#refusedParts += 1;
      this.#drained = null;
      const how = { now: at.now, dueAt: step.dueAt, error: describeFailure(outcome), split: true };
      const result = await postponePart(this.#parts, this.#turn, batch, how);
      if (result === OVERTAKEN) this.#stop = 'overtaken';
    } else {
      this.#failed.push({ batch, outcome });
    }
  }

  #sliceIsOver(): boolean {
    return this.#turn.stopping.aborted || this.#parts.clock() >= this.#turn.sliceEndsAt;
  }

  async #end(): Promise<RunEnd> {
    if (this.#stop === 'paced') return { kind: 'retryAt', at: this.#pacedUntil };
    if (this.#stop !== null) return DONE;
    // When nothing is left, whatever comes next wakes the webhook by itself.
    if (!this.#drained && this.#sliceIsOver()) return { kind: 'again' };
    const { backlog } = this.#parts;
    const dueAt = this.#drained
      ? this.#drained.firstPartDueAt
      : await backlog.firstPartDueAt(this.#turn.webhookId);
    if (dueAt === null) return DONE;
    const { retryIntervalMs } = this.#parts.settings;
    const restUntil = this.#refusedParts >= MAX_REFUSED_PARTS ? this.#parts.clock() + retryIntervalMs : 0;
    return { kind: 'partsDueAt', at: Math.max(dueAt, restUntil) };
  }

  async #fail(outcome: Outcome, failures: number): Promise<RunEnd> {
    const { backlog, clock, random, settings } = this.#parts;
    const at = { now: clock(), random: random() };
    const step = nextStep({ lane: this.#turn.lane, source: 'batch', failures }, outcome, at, settings);
    if (step.kind === 'settle') throw new Error('A failed batch cannot be settled.');
    const units = this.#failed.flatMap(({ batch }) => batch.units.map(({ pending }) => pending));
    const result = await backlog.fail(this.#turn.webhookId, this.#turn.run, units, {
      now: at.now,
      nextTryAt: step.dueAt,
      answered: outcome.kind === 'refused',
      error: describeFailure(outcome),
    });
    return result === OVERTAKEN ? DONE : { kind: 'handOver', lane: 'retries', at: step.dueAt };
  }
}
