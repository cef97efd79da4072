import { durationMs, type Fault } from './faults.ts';
import { Random } from './random.ts';
import { type TrackRule, trackRules } from './trackRules.ts';

export interface PlannedFault {
  readonly id: string;
  /** Since the load began. */
  readonly atMs: number;
  readonly fault: Fault;
}

/** Faults of one track follow each other; tracks run side by side. */
export interface Track {
  readonly name: string;
  readonly faults: readonly PlannedFault[];
}

/** The first faults wait until events flow, and after the last there is load, so that its traces show. */
const QUIET_START_MS = 4_000;
const QUIET_END_MS = 4_000;

export function planFaults(parts: { seed: number; loadMs: number; workers: number }): Track[] {
  return trackRules(parts).map((rule) => layOut(rule, parts));
}

/** So long after a fault's end, whatever it did is over: the next one is seen alone. */
const ALONE_MS = 20_000;

/** Every fault that always happens, one after the other and each alone: what does each of them cost by itself? */
export function planOneByOne({ seed, workers }: { seed: number; workers: number }): {
  tracks: Track[];
  loadMs: number;
} {
  const rules = trackRules({ loadMs: Number.POSITIVE_INFINITY, workers });
  const faults = new Random(seed, 'one by one').shuffle(rules.flatMap(({ always }) => always));
  let atMs = ALONE_MS;
  const planned = faults.map((fault, index) => {
    const one = { id: `alone-${index + 1}`, atMs, fault };
    atMs += durationMs(fault) + ALONE_MS;
    return one;
  });
  return { tracks: [{ name: 'one by one', faults: planned }], loadMs: atMs };
}

function layOut(rule: TrackRule, { seed, loadMs }: { seed: number; loadMs: number }): Track {
  const random = new Random(seed, `faults of ${rule.name}`);
  const endMs = loadMs - QUIET_END_MS;
  const faults: PlannedFault[] = [];
  const add = (fault: Fault, atMs: number) =>
    faults.push({ id: `${rule.name}-${faults.length + 1}`, atMs, fault });
  let atMs = QUIET_START_MS;
  for (const fault of random.shuffle(rule.always)) {
    atMs += random.between(...rule.gapMs);
    add(fault, atMs);
    atMs += durationMs(fault);
  }
  while (true) {
    const fault = rule.draw(random);
    atMs += random.between(...rule.gapMs);
    if (atMs + durationMs(fault) > endMs) break;
    add(fault, atMs);
    atMs += durationMs(fault);
  }
  return { name: rule.name, faults };
}
