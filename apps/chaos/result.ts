import type { Verdict } from './checker.ts';
import type { FaultFigures, FiredFault } from './latency.ts';
import type { Left } from './onlooker.ts';

/** What a run came to. */
export interface ChaosResult {
  readonly seed: number;
  readonly verdict: Verdict;
  readonly planned: number;
  readonly fired: readonly FiredFault[];
  /** Why planned faults did not happen. */
  readonly notFired: readonly string[];
  /** Processes that ended although nobody ended them, or not cleanly when asked to. */
  readonly ownEnds: readonly string[];
  readonly left: Left;
  readonly drainedAfterMs: number | null;
  readonly quietP99Ms: number | null;
  readonly figures: readonly FaultFigures[];
  readonly dataFolder: string;
}
