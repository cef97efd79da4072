import { afterEach, expect, it } from '@jest/globals';
import { DEMO_TYPES } from '../demoEvents.ts';
import { type DemoRun, startDemo, stillRunning } from './demoRun.ts';

const TIMEOUT_MS = 120_000;

let run: DemoRun | undefined;
afterEach(async () => {
  run?.kill('SIGKILL');
  await run?.ended;
  await run?.removeFiles();
});

/** The numbers of a row of the summary. */
function row(output: string, name: string): number[] {
  const [, summary = ''] = output.split('\nSummary\n');
  const line = summary.split('\n').find((candidate) => candidate.startsWith(`  ${name} `)) ?? '';
  return [...line.matchAll(/ ([\d,]+)/g)].map(([, digits = '']) => Number(digits.replaceAll(',', '')));
}

it(
  'plays to its end, has figures that add up, and leaves nothing behind',
  async () => {
    run = await startDemo();
    await run.waitFor('The show');
    const processes = await run.descendants();
    // Guards aside: Redis, MariaDB, the API and two workers.
    expect(processes.filter(({ command }) => /redis|mariadb|main\.ts/.test(command)).length).toBeGreaterThan(
      4,
    );
    expect(await run.ended).toBe(0);
    expect(run.output).not.toContain('✗');
    // Calm: neither colours nor moves of the cursor.
    expect(run.output).not.toContain('\u001b');

    for (const type of DEMO_TYPES) {
      const [published = 0, delivered = 0, retried = 0, waiting, batches = 0, refused] = row(
        run.output,
        type,
      );
      expect(published).toBeGreaterThan(0);
      expect({ type, waiting }).toEqual({ type, waiting: type === 'sent' ? 1 : 0 });
      expect(published).toBe(delivered + (waiting ?? 0));
      expect(batches).toBeGreaterThan(0);
      const failed = type === 'sent' || type === 'open';
      expect({ type, retried: retried > 0, refused: (refused ?? 0) > 0 }).toEqual({
        type,
        retried: failed,
        refused: failed,
      });
    }
    const columns = DEMO_TYPES.map((type) => row(run?.output ?? '', type));
    const sums = row(run.output, 'all').map((_, index) =>
      columns.reduce((sum, each) => sum + (each[index] ?? 0), 0),
    );
    expect(row(run.output, 'all')).toEqual(sums);
    expect(sums[0]).toBeGreaterThan(4_000);

    expect(await run.leftFiles()).toEqual([]);
    expect(await stillRunning(processes)).toEqual([]);
  },
  TIMEOUT_MS,
);

it.each([
  ['servers start', 'Set-up'],
  ['events flow', 'The show'],
])(
  'leaves nothing behind when Ctrl-C comes while %s',
  async (_, moment) => {
    run = await startDemo();
    await run.waitFor(moment);
    const processes = await run.descendants();
    run.kill('SIGINT');
    expect(await run.ended).toBe(130);
    expect(await run.leftFiles()).toEqual([]);
    expect(await stillRunning(processes)).toEqual([]);
  },
  TIMEOUT_MS,
);

it(
  'fails when a worker dies, says so, and keeps the logs only',
  async () => {
    run = await startDemo();
    await run.waitFor('The show');
    const processes = await run.descendants();
    const worker = processes.find(({ command }) => command.includes('apps/worker/main.ts'));
    process.kill(worker?.pid ?? 0, 'SIGKILL');
    expect(await run.ended).toBe(1);
    expect(run.output).toMatch(/✗ Worker [12] has ended by itself \(SIGKILL\)/);
    expect(run.output).toMatch(/The logs are kept in \S+/);
    expect(await run.leftFiles()).not.toEqual([]);
    expect(await stillRunning(processes)).toEqual([]);
  },
  TIMEOUT_MS,
);
