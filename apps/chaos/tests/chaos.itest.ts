import { describe, expect, it } from '@jest/globals';
import { runControl } from '../controls.ts';
import { problems, renderReport } from '../report.ts';
import { type ChaosOptions, runChaos } from '../run.ts';
import { SABOTAGES } from '../sabotage.ts';
import { planFaults } from '../schedule.ts';

const SEED = 1;
const LOAD_MS = 85_000;
const DRAIN_MS = 120_000;
const RUN_TIMEOUT_MS = 400_000;
const CONTROL_TIMEOUT_MS = 120_000;

const options: Omit<ChaosOptions, 'plan'> = {
  seed: SEED,
  drainMs: DRAIN_MS,
  eventsPerSecond: 300,
  workers: 3,
  sabotage: null,
  logLevel: 'warn',
  searchPath: process.env.PATH ?? '',
  report: () => {},
};

describe('whatever is killed, paused or cut off', () => {
  it(
    'nothing is lost, and nothing comes that nobody expects',
    async () => {
      const plan = {
        tracks: planFaults({ seed: SEED, loadMs: LOAD_MS, workers: options.workers }),
        loadMs: LOAD_MS,
      };
      const result = await runChaos({ ...options, plan });
      const found = problems(result);
      if (found.length > 0)
        throw new Error(`${found.join('\n')}\n\n${renderReport(result)}\n${result.dataFolder}`);
      expect(result.verdict.delivered).toBeGreaterThan(1_000);
      expect(result.fired.length).toBe(result.planned);
    },
    RUN_TIMEOUT_MS,
  );
});

describe('a Postrider that is broken on purpose', () => {
  it.each(SABOTAGES)(
    'is found out: %s',
    async (sabotage) => {
      const { isFound } = await runControl(sabotage, options);
      expect(isFound).toBe(true);
    },
    CONTROL_TIMEOUT_MS,
  );
});
