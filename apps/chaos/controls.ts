import type { Fault } from './faults.ts';
import type { ChaosResult } from './result.ts';
import { type ChaosOptions, runChaos } from './run.ts';
import type { Sabotage } from './sabotage.ts';

const LOAD_MS = 10_000;
const FAULT_AT_MS = 6_000;
/** Long enough for what was born old to expire; a stall is a stall after this. */
const DRAIN_MS = 20_000;

/** What shows each sabotage; that nobody wakes needs no fault. */
const SHOWN_BY: Readonly<Record<Sabotage, Fault | null>> = {
  'redis-forgets': { kind: 'killRedis', downMs: 0 },
  'nobody-wakes': null,
  'completes-before-append': { kind: 'killAllWorkers' },
};

/** A short run of a Postrider that is broken on purpose. The suite is worth something if it finds that. */
export async function runControl(
  sabotage: Sabotage,
  options: Omit<ChaosOptions, 'plan' | 'drainMs' | 'sabotage'>,
): Promise<{ result: ChaosResult; isFound: boolean }> {
  const fault = SHOWN_BY[sabotage];
  const faults = fault ? [{ id: 'control', atMs: FAULT_AT_MS, fault }] : [];
  const plan = { loadMs: LOAD_MS, tracks: [{ name: 'control', faults }] };
  const result = await runChaos({ ...options, plan, drainMs: DRAIN_MS, sabotage });
  const { lost, stillPending } = result.verdict;
  return { result, isFound: lost.count > 0 || stillPending > 0 };
}
