import fc from 'fast-check';
import type { Lane } from '#libs/backlog/lane.ts';
import type { WebhookStatus } from '#libs/domain/webhook.ts';
import type { GoOn } from './steppedRun.ts';
import type { Mood } from './target.ts';
import type { Waking } from './workers.ts';
import { TTL_MS, type World } from './world.ts';

/** One thing that happens to a webhook. `which` chooses among the runs that are held, if there are any. */
export type Command =
  | { does: 'append'; chunks: { events: number; poisonAt: number; ageMs: number }[]; waking: Waking }
  | { does: 'run'; lane: Lane; how: GoOn }
  | { does: 'goOn'; which: number; how: GoOn }
  | { does: 'stall'; which: number; dead: boolean }
  /** A run stands still, another is given its job, and then the first wakes up. */
  | { does: 'overtake'; lane: Lane; steps: number; other: GoOn; late: GoOn }
  | { does: 'tick'; ms: number }
  | { does: 'target'; mood: Mood }
  | { does: 'change'; status: WebhookStatus | 'deleted' }
  | { does: 'loseJobs' }
  | { does: 'reconcile' };

const lane = fc.constantFrom<Lane>('deliveries', 'retries');
export const toTheEnd: GoOn = { steps: Number.POSITIVE_INFINITY };
const how = fc.oneof(
  { weight: 3, arbitrary: fc.constant(toTheEnd) },
  { weight: 4, arbitrary: fc.record({ steps: fc.nat(25) }) },
  { weight: 1, arbitrary: fc.constant('trouble' as const) },
);

/** Batches hold 4 events; a chunk above that is from before the batch size was lowered. */
const chunk = fc.record({
  events: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 1, max: 4 }) },
    { weight: 1, arbitrary: fc.constant(9) },
  ),
  // Mostly beyond the chunk: no poison.
  poisonAt: fc.nat(12),
  ageMs: fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constant(TTL_MS - 15_000) },
  ),
});
export const burst = Array.from({ length: 60 }, () => ({ events: 4, poisonAt: 12, ageMs: 0 }));
const chunks = fc.oneof(
  { weight: 8, arbitrary: fc.array(chunk, { minLength: 1, maxLength: 5 }) },
  { weight: 1, arbitrary: fc.constant(burst) },
);
const waking: fc.Arbitrary<Waking> = fc.oneof(
  { weight: 1, arbitrary: fc.constant('lost' as const) },
  { weight: 5, arbitrary: fc.constant('job' as const) },
  { weight: 5, arbitrary: how },
);
const ms = fc.constantFrom(1, 1_000, 10_000, 10_000, 40_000, 3_600_000, TTL_MS / 2);

function doing<Does extends Command['does']>(
  weight: number,
  does: Does,
  rest: { [Key in keyof Omit<Extract<Command, { does: Does }>, 'does'>]: fc.Arbitrary<unknown> },
) {
  return {
    weight,
    arbitrary: fc.record({ does: fc.constant(does), ...rest }) as unknown as fc.Arbitrary<Command>,
  };
}

const command: fc.Arbitrary<Command> = fc.oneof(
  doing(8, 'append', { chunks, waking }),
  doing(14, 'run', { lane, how }),
  doing(8, 'goOn', { which: fc.nat(3), how }),
  doing(3, 'stall', { which: fc.nat(3), dead: fc.boolean() }),
  doing(6, 'overtake', { lane, steps: fc.integer({ min: 3, max: 25 }), other: how, late: how }),
  doing(8, 'tick', { ms }),
  doing(4, 'target', { mood: fc.constantFrom('accepts', 'accepts', 'refuses', 'unreachable') }),
  doing(3, 'change', { status: fc.constantFrom('activated', 'activated', 'deactivated') }),
  doing(1, 'change', { status: fc.constant('deleted') }),
  doing(1, 'loseJobs', {}),
  doing(2, 'reconcile', {}),
);

export const commands = fc.array(command, { minLength: 1, maxLength: 60, size: 'max' });

export async function perform(world: World, each: Command): Promise<void> {
  const run = 'which' in each ? world.runs.at(each.which % Math.max(1, world.runs.length)) : undefined;
  switch (each.does) {
    case 'append':
      return world.append(each.chunks, each.waking);
    case 'run':
      await world.workers.startJob(each.lane, each.how);
      return;
    case 'goOn':
      return run?.goOn(each.how);
    case 'stall':
      return run && world.workers.stall(run, each);
    case 'overtake': {
      const first = await world.workers.startJob(each.lane, { steps: each.steps });
      if (!first || !world.runs.includes(first)) return;
      await world.workers.stall(first, { dead: false });
      await world.workers.startJob(each.lane, each.other);
      return first.goOn(each.late);
    }
    case 'tick':
      world.now += each.ms;
      return;
    case 'target':
      world.target.mood = each.mood;
      return;
    case 'change':
      return world.change(each.status);
    case 'loseJobs':
      return world.loseJobs();
    case 'reconcile':
      return world.reconcile();
  }
}
