import type { Outcome } from '#libs/domain/outcome.ts';
import type { Ledger, Sent } from './ledger.ts';
import type { Seen } from './seen.ts';
import type { SteppedRun } from './steppedRun.ts';

export type Mood = 'accepts' | 'refuses' | 'unreachable';

const OUTCOMES: Readonly<Record<Mood, Outcome>> = {
  accepts: { kind: 'accepted', httpStatusCode: 200, responseBody: '', durationMs: 1 },
  refuses: { kind: 'refused', httpStatusCode: 500, responseBody: '', durationMs: 1 },
  unreachable: { kind: 'unreachable', error: 'timeout', message: '', durationMs: 1 },
};

/** What it needs of the world. */
export interface TargetWorld {
  readonly ledger: Ledger;
  now: number;
  readonly problems: string[];
  readonly status: Seen;
  readonly happened: Set<string>;
  readonly settings: { readonly batchSize: number };
  readonly runs: readonly SteppedRun[];
}

/**
 * The transmitter and the customer's endpoint in one. In process, because a socket could neither stand still at a given
 * step nor say at once what is wrong with a POST; the real ones are in all other tests of this folder.
 */
export class Target {
  mood: Mood = 'accepts';
  /** Until this time nothing may be sent (epoch ms). */
  nextTryAt = 0;
  readonly #world: TargetWorld;

  constructor(world: TargetWorld) {
    this.#world = world;
  }

  /** A POST arrives: checks it and answers. */
  take(run: SteppedRun, batch: readonly Sent[]): Outcome {
    const { ledger, now, problems, status } = this.#world;
    problems.push(
      ...ledger.problems(batch, { now, late: run.stale, deleted: status === 'deleted' }),
      ...this.#problems(run, batch),
    );
    const mood = this.mood === 'accepts' && ledger.refuses(batch) ? 'refuses' : this.mood;
    this.#note(run, batch, mood);
    ledger.answered(batch, mood === 'accepts');
    for (const { n } of batch) run.carried.add(n);
    if (run.stale) ledger.uncertain(run.carried);
    run.seen = null;
    // It takes its time, as everything does: nothing happens twice at the same millisecond.
    this.#world.now += 1;
    return OUTCOMES[mood];
  }

  #note(run: SteppedRun, batch: readonly Sent[], mood: Mood): void {
    const { happened } = this.#world;
    happened.add(`a POST in the lane of ${run.lane}: ${mood}`);
    if (new Set(batch.map(({ attempt }) => attempt)).size > 1) happened.add('a batch with mixed attempts');
    if (run.asleep) happened.add('a POST of a direct run');
    if (run.stale) happened.add('a POST of a late run');
    if (run.inFlight > 0) happened.add('several batches in flight');
  }

  #problems(run: SteppedRun, batch: readonly Sent[]): string[] {
    const { now, settings, runs } = this.#world;
    const others = runs.filter((other) => other !== run && !other.stale && other.inFlight > 0);
    const wrong = {
      [`a batch has ${batch.length} events`]: batch.length === 0 || batch.length > settings.batchSize,
      'a POST without a look at the webhook, or after one that forbids it': run.seen !== 'activated',
      'two runs send at the same time': !run.stale && others.length > 0,
      'a POST before the next try is due': !run.stale && now < this.nextTryAt,
    };
    return Object.entries(wrong).flatMap(([what, holds]) => (holds ? [what] : []));
  }
}
