import type { Lane } from '#libs/backlog/lane.ts';
import type { Wake } from '#libs/backlog/wakeDelivery.ts';
import type { Ledger } from './ledger.ts';
import type { ModelQueue } from './modelQueue.ts';
import { type SteppedWorld, steppedParts } from './steppedParts.ts';
import { type GoOn, SteppedRun } from './steppedRun.ts';

/** How the router wakes the webhook: not at all, because it dies; by a job; or by a direct run, which goes so far. */
export type Waking = 'lost' | 'job' | GoOn;

/** What they need of the world. */
interface WorkersWorld extends SteppedWorld {
  readonly webhookId: number;
  readonly queue: ModelQueue;
  readonly ledger: Ledger;
  loseJobs(): void;
  loseLease(): Promise<void>;
}

/** The runs of all workers. */
export class Workers {
  /** Those that have not ended, also those whose job was given to another worker. */
  runs: readonly SteppedRun[] = [];
  readonly #world: WorkersWorld;

  constructor(world: WorkersWorld) {
    this.#world = world;
  }

  /** Of the router's process. */
  wakerFor(waking: Waking): { wake(wakes: readonly Wake[]): Promise<void> } {
    const { queue } = this.#world;
    if (waking === 'job') return queue;
    if (waking === 'lost') return { wake: async () => this.#world.loseJobs() };
    return {
      wake: async (wakes) => {
        for (const wake of wakes) {
          if (wake.asleep && wake.lane === 'deliveries') await this.#startDirect(wake.asleep, waking);
          else await queue.wake([wake]);
        }
      },
    };
  }

  /** A worker takes the job of a lane, if there is one that is due. */
  async startJob(lane: Lane, how: GoOn): Promise<SteppedRun | null> {
    const { queue } = this.#world;
    const run = new SteppedRun(lane);
    if (!queue.take(lane, run)) return null;
    await this.#start(run, how, async (delayedUntil) => queue.finish(lane, run, delayedUntil));
    return run;
  }

  /** Its job goes to another worker, or its lease runs out. If it is dead, it never goes on. */
  async stall(run: SteppedRun, { dead }: { dead: boolean }): Promise<void> {
    run.stale = true;
    this.#world.ledger.uncertain(run.carried);
    this.#world.queue.stall(run.lane, run);
    if (run.asleep) await this.#world.loseLease();
    if (dead) this.#remove(run);
  }

  async #startDirect(asleep: string, how: GoOn): Promise<void> {
    const { queue, webhookId } = this.#world;
    const lane = 'deliveries';
    await this.#start(new SteppedRun(lane, asleep), how, async (delayedUntil) => {
      if (delayedUntil === null) return;
      await queue.wake([{ webhookId, lane, delayMs: delayedUntil - this.#world.now }]);
    });
  }

  async #start(run: SteppedRun, how: GoOn, onEnd: (delayedUntil: number | null) => Promise<void>) {
    this.runs = [...this.runs, run];
    run.begin(steppedParts(this.#world, run), this.#world.webhookId, (delayedUntil) => {
      void onEnd(delayedUntil);
      this.#remove(run);
    });
    await run.goOn(how);
  }

  #remove(run: SteppedRun): void {
    this.runs = this.runs.filter((each) => each !== run);
  }
}
