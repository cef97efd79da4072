import { GRACE_MS, type World } from './world.ts';

const ALL_STEPS = { steps: Number.POSITIVE_INFINITY };
/** A webhook that needs more turns than this to come to rest does not come to rest. */
const MAX_TURNS = 1_500;

/** The world calms down: whoever stands still is dead, the target lives, the webhook is active. */
export async function drain(world: World): Promise<void> {
  for (const run of world.runs) await world.workers.stall(run, { dead: true });
  // Also that of a run which could not give it back.
  await world.loseLease();
  world.target.mood = 'accepts';
  if (world.status === 'deactivated') await world.change('activated');
  // Poison is never accepted, and still all others are.
  await takeTurns(world, () => world.ledger.notTaken(world.now).length === 0);
  world.ledger.poisonRefused = false;
  await takeTurns(world, async () => (await world.contents()).units.length === 0);
}

async function takeTurns(world: World, done: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    if (await done()) return;
    const dueAt = world.queue.nextDueAt();
    if (dueAt === null || world.status === 'deleted') {
      world.now += GRACE_MS + 1;
      await world.reconcile();
    } else {
      world.now = Math.max(world.now, dueAt);
    }
    await world.workers.startJob('deliveries', ALL_STEPS);
    await world.workers.startJob('retries', ALL_STEPS);
    await world.check();
  }
  throw new Error(`After ${MAX_TURNS} turns these were not delivered: ${world.ledger.notTaken(world.now)}`);
}
