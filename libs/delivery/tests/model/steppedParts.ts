import type { Backlog } from '#libs/backlog/backlog.ts';
import type { Leases } from '#libs/backlog/leases.ts';
import { type Failure, OVERTAKEN } from '#libs/backlog/transitions.ts';
import type { Webhook } from '#libs/domain/webhook.ts';
import { silentLogger } from '#libs/logging/logger.ts';
import type { RunParts } from '../../runParts.ts';
import type { TurnParts } from '../../takeTurn.ts';
import type { Ledger, Sent } from './ledger.ts';
import type { Seen } from './seen.ts';
import type { SteppedRun } from './steppedRun.ts';
import type { Target } from './target.ts';

/** What a run needs of the world. */
export interface SteppedWorld {
  readonly status: Seen;
  readonly now: number;
  readonly target: Target;
  readonly backlog: Backlog;
  readonly leases: Leases;
  readonly ledger: Ledger;
  readonly settings: RunParts['settings'];
  readonly queue: TurnParts['waker'];
  readonly happened: Set<string>;
  webhook(seen: Seen): Webhook | null;
  answerTakes(n: number): Promise<void>;
}

let ids = 0;

/** What one run has of the world: it can be held before and after each call. */
export function steppedParts(world: SteppedWorld, run: SteppedRun): TurnParts {
  let seen: Seen = 'created';
  const directory: RunParts['directory'] = {
    sync: () =>
      run.call(async () => {
        seen = world.status;
        run.seen = seen;
      }),
    webhook: () => run.call(async () => world.webhook(seen)),
  };
  const transmitter: RunParts['transmitter'] = {
    // It never fails. It is held only while it waits for the answer: what was looked up before holds until then.
    async transmit({ body }) {
      const batch = JSON.parse(body.toString()) as Sent[];
      const outcome = world.target.take(run, batch);
      run.inFlight += 1;
      await run.call(() => world.answerTakes(batch[0]?.n ?? 0), { mayFail: false });
      run.inFlight -= 1;
      return outcome;
    },
  };
  return {
    run: {
      backlog: steppedBacklog(world, run),
      directory,
      transmitter,
      leases: {
        // No run lasts that long in the hours of the tests' own clock.
        renew: async () => {},
        end: (webhookId, token) => run.call(() => world.leases.end(webhookId, token)),
      },
      // This webhook has no limit.
      permits: { take: async () => 0 },
      observer: { transmitted() {}, discarded() {} },
      clock: () => world.now,
      random: () => 0.5,
      newId: () => `id-${++ids}`,
      settings: world.settings,
    },
    waker: { wake: (wakes) => run.call(() => world.queue.wake(wakes)) },
    logger: silentLogger,
  };
}

type AnyCall = (...args: unknown[]) => Promise<unknown>;

/** What a run writes down of its POSTs. Where that fails, all that it has carried may come once more. */
const OUTCOMES = new Set(['settle', 'fail', 'recover', 'setAside', 'postpone']);

function steppedBacklog(world: SteppedWorld, run: SteppedRun): Backlog {
  const { backlog, ledger, target, happened } = world;
  function note(name: string, args: readonly unknown[], reply: unknown): void {
    happened.add(reply === OVERTAKEN ? `${name}: overtaken` : name);
    if (reply === OVERTAKEN) return;
    if (name === 'fail') target.nextTryAt = (args[3] as Failure).nextTryAt;
    if (name === 'recover') target.nextTryAt = 0;
  }
  return new Proxy(backlog, {
    get(_, name: string) {
      const method = (backlog as unknown as Record<string, AnyCall>)[name];
      return (...args: unknown[]) =>
        run
          .call(async () => {
            const reply = await method?.apply(backlog, args);
            note(name, args, reply);
            return reply;
          })
          .catch((error: unknown) => {
            if (OUTCOMES.has(name)) ledger.uncertain(run.carried);
            throw error;
          });
    },
  });
}
