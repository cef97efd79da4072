import { AppendCalls, type AppendParts } from './appendCalls.ts';
import type { KeyLayout } from './keys.ts';
import { asLane, type Lane } from './lane.ts';
import { LEASE_MS } from './leases.ts';
import { type Leaving, leavingArgs, MAX_HANDED_OVER } from './leaving.ts';
import { decodePart, encodePart, type NewPart, type Pending } from './pending.ts';
import type { Scripts } from './scripts.ts';
import {
  type Append,
  type Appended,
  type AppendOptions,
  type Beginning,
  type Failure,
  type Left,
  type Opening,
  OVERTAKEN,
  type Settling,
} from './transitions.ts';

interface BacklogParts extends AppendParts {
  readonly keepDiscarded?: boolean;
}

/**
 * The events that wait for a webhook, in Redis. In: chunks from the router. Out: entries for the delivery, until
 * they are settled. A `run` is the token of the delivery run that owns the webhook; a run that was overtaken
 * (it stalled, and another began) can still remove what it delivered, but change nothing else.
 */
export class Backlog {
  readonly #scripts: Scripts;
  readonly #keys: KeyLayout;
  readonly #clock: () => number;
  readonly #graceMs: number;
  readonly #appends: AppendCalls;
  readonly #keepDiscarded: boolean;

  /**
   * `graceMs`: how late a run may be before the reconciler wakes the webhook once more. `keepDiscarded`: what leaves as
   * discarded is handed over to those who keep it (see discarded.ts).
   */
  constructor(parts: BacklogParts) {
    this.#scripts = parts.scripts;
    this.#keys = parts.keys;
    this.#clock = parts.clock;
    this.#graceMs = parts.graceMs;
    this.#appends = new AppendCalls(parts);
    this.#keepDiscarded = parts.keepDiscarded ?? false;
  }

  /**
   * Durable once it resolves, also on `replicas`. One round trip for each shard. The same `commit` is never appended
   * twice, however often it is sent: by the connection, which does not know what became of a call when it broke, or by
   * the caller, who tries again. Commits are numbered from 1, and follow each other. A full Redis refuses it, unless it
   * `frees` memory.
   */
  append(appends: readonly Append[], options: AppendOptions = {}): Promise<Appended[]> {
    return this.#appends.run(appends, options);
  }

  async begin(webhookId: number, { lane, run, asleep }: Beginning): Promise<Opening> {
    const { backlog, state, aside, pending, waiting, lease } = this.#keys.of(webhookId);
    const meta = this.#keys.metaOf(this.#keys.shardOf(webhookId), lane);
    const latenessMs = asleep === undefined ? this.#graceMs : LEASE_MS;
    const reply = (await this.#scripts.run({
      name: 'begin',
      keys: [backlog, state, aside, pending, waiting, lease, meta],
      args: [webhookId, lane, run, this.#clock(), latenessMs, asleep ?? '', LEASE_MS],
    })) as [0, Buffer] | [2] | [1, number, number, number, number, number, number, Buffer | null];
    if (reply[0] === 2) return { mine: false, lane: null };
    if (reply[0] === 0) return { mine: false, lane: asLane(reply[1]) };
    const [, failures, refusals, nextTryAt, entries, events, parts, firstDue] = reply;
    const firstPartDueAt = firstDue === null ? null : Number(firstDue);
    return { mine: true, failures, refusals, nextTryAt, entries, events, parts, firstPartDueAt };
  }

  /** The entries after `cursor` (null: from the head), oldest first. A null `run` looks without owning. */
  async read(webhookId: number, run: string | null, cursor: string | null, count: number) {
    const { backlog, state, attempts, oldest } = this.#keys.of(webhookId);
    const reply = (await this.#scripts.run({
      name: 'read',
      keys: [backlog, state, attempts, oldest],
      args: [webhookId, run ?? '', cursor ?? '-', count],
    })) as [Buffer, Buffer, number, number, number][] | null;
    if (reply === null) return OVERTAKEN;
    return reply.map(([id, bytes, events, clock, failed]): Pending => {
      return { id: id.toString(), source: 'entry', events, oldestClock: clock, failed, bytes };
    });
  }

  /** The parts that are due at `until` (epoch ms), those that have waited longest first. */
  async readAside(webhookId: number, run: string | null, until: number, count: number) {
    const { aside, parts, attempts, state } = this.#keys.of(webhookId);
    const reply = (await this.#scripts.run({
      name: 'readAside',
      keys: [aside, parts, attempts, state],
      args: [run ?? '', until, count],
    })) as [Buffer, Buffer, number][] | null;
    if (reply === null) return OVERTAKEN;
    return reply.map(([id, value, failed]) => decodePart(id.toString(), value, failed));
  }

  /** Removes what was delivered or discarded. Idempotent; needs no ownership, but tells `run` when it lost it. */
  async settle(webhookId: number, what: readonly Leaving[], how: Settling): Promise<Left> {
    const { discarded, discardsRefused, lease } = this.#keys.of(webhookId);
    const [removed, entries, overtaken, partDueAt] = (await this.#scripts.run({
      name: 'settle',
      keys: [...this.#allKeys(webhookId), discarded, discardsRefused, lease],
      args: [
        webhookId,
        this.#clock(),
        how.delivered ? '1' : '0',
        how.run ?? '',
        MAX_HANDED_OVER,
        ...what.flatMap((each) => leavingArgs(each, this.#keepDiscarded)),
      ],
    })) as [number, number, number, Buffer | null];
    const left = { removed, entries, firstPartDueAt: partDueAt === null ? null : Number(partDueAt) };
    return overtaken === 1 ? { ...left, overtaken: true } : left;
  }

  /** Counts a failed transmission on `what`; the webhook is in the lane of retries from here on. */
  async fail(webhookId: number, run: string, what: readonly Pending[], failure: Failure) {
    const { state, attempts, waiting, failing } = this.#keys.of(webhookId);
    const { now, nextTryAt, answered, error } = failure;
    const mustRunAt = nextTryAt + this.#graceMs;
    const ids = what.map(({ id }) => id);
    const reply = await this.#scripts.run({
      name: 'fail',
      keys: [state, attempts, waiting, failing],
      args: [webhookId, run, now, nextTryAt, mustRunAt, answered ? '1' : '0', error, ...ids],
    });
    return reply === 0 ? OVERTAKEN : undefined;
  }

  /** After a success in the lane of retries: back to the lane of deliveries. */
  async recover(webhookId: number, run: string) {
    const { state, failing } = this.#keys.of(webhookId);
    const args = [run, webhookId];
    const reply = await this.#scripts.run({ name: 'recover', keys: [state, failing], args });
    return reply === 0 ? OVERTAKEN : undefined;
  }

  /** Sets events aside: `replaced` is removed, `parts` come in its stead. */
  async setAside(webhookId: number, run: string, replaced: readonly Leaving[], parts: readonly NewPart[]) {
    const { backlog, state, attempts, aside, parts: all, pending, ...keys } = this.#keys.of(webhookId);
    const { discarded, discardsRefused } = keys;
    const reply = await this.#scripts.run({
      name: 'replace',
      keys: [backlog, state, attempts, aside, all, pending, discarded, discardsRefused],
      args: [
        run,
        webhookId,
        MAX_HANDED_OVER,
        replaced.length,
        ...replaced.flatMap((each) => leavingArgs(each, this.#keepDiscarded)),
        ...parts.flatMap(({ id, dueAt, failed, chunk }) => {
          return [id, dueAt, failed, chunk.clocks.length, encodePart(chunk)];
        }),
      ],
    });
    return reply === 0 ? OVERTAKEN : undefined;
  }

  /** A part was refused again: it is due once more at `dueAt` (epoch ms). */
  async postpone(
    webhookId: number,
    run: string,
    partId: string,
    at: { now: number; dueAt: number; error: string },
  ) {
    const { state, attempts, aside } = this.#keys.of(webhookId);
    const args = [run, partId, at.dueAt, at.now, at.error];
    const reply = await this.#scripts.run({ name: 'postpone', keys: [state, attempts, aside], args });
    return reply === 0 ? OVERTAKEN : undefined;
  }

  /** When the first part that was set aside is due (epoch ms), or null when there is none. */
  firstPartDueAt(webhookId: number): Promise<number | null> {
    return this.#scripts.firstScore(this.#keys.of(webhookId).aside);
  }

  /** Back-off begins anew. Says whether anything is pending, and in which lane. */
  async kick(webhookId: number): Promise<{ pending: boolean; lane: Lane }> {
    const { backlog, state, aside, failing } = this.#keys.of(webhookId);
    const keys = [backlog, state, aside, failing];
    const reply = await this.#scripts.run({ name: 'kick', keys, args: [webhookId, this.#clock()] });
    const [pending, lane] = reply as [number, Buffer];
    return { pending: pending === 1, lane: asLane(lane) };
  }

  /** Drops all that is pending, and all that was known of the webhook. Returns the number of events. */
  async drop(webhookId: number): Promise<number> {
    const { failing, noticed, discarding } = this.#keys.of(webhookId);
    const keys = [...this.#allKeys(webhookId), failing, noticed, discarding];
    return (await this.#scripts.run({ name: 'drop', keys, args: [webhookId] })) as number;
  }

  #allKeys(webhookId: number): string[] {
    const { backlog, state, attempts, aside, parts, pending, waiting, oldest } = this.#keys.of(webhookId);
    return [backlog, state, attempts, aside, parts, pending, waiting, oldest];
  }
}
