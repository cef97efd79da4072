import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runControl } from './controls.ts';
import { problems, renderReport } from './report.ts';
import { type ChaosOptions, runChaos } from './run.ts';
import { isSabotage, SABOTAGES } from './sabotage.ts';
import { planFaults, planOneByOne } from './schedule.ts';

const USAGE = `npm run chaos -- [options]
  --minutes N            how long the whole run may take, about (2)
  --seed S               decides the faults, their order and the events (by chance)
  --events-per-second N  published (500)
  --one-by-one           each fault alone, and what it costs: longer than the minutes say
  --workers N            worker processes, at least 3 (3)
  --controls             break Postrider in each way below, shortly, and see whether it is found
  --sabotage NAME        break Postrider on purpose: ${SABOTAGES.join(', ')}
  --json FILE            write the whole result there
  --log-level LEVEL      of the API and the workers (warn)`;

const MINUTE_MS = 60_000;
/** What the start and the drain take of the whole run. */
const AROUND_THE_LOAD_MS = 35_000;
const MIN_LOAD_MS = 20_000;
const DRAIN_MS = 120_000;
const MAX_SEED = 1_000_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '2' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * MAX_SEED)) },
    'events-per-second': { type: 'string', default: '500' },
    workers: { type: 'string', default: '3' },
    'one-by-one': { type: 'boolean', default: false },
    controls: { type: 'boolean', default: false },
    sabotage: { type: 'string' },
    json: { type: 'string' },
    'log-level': { type: 'string', default: 'warn' },
    help: { type: 'boolean', default: false },
  },
});

process.exitCode = values.help ? usage() : await main();

async function main(): Promise<number> {
  const { sabotage = null } = values;
  if (sabotage !== null && !isSabotage(sabotage)) return usage();
  const seed = Number(values.seed);
  const workers = Number(values.workers);
  const loadMs = Math.max(MIN_LOAD_MS, Number(values.minutes) * MINUTE_MS - AROUND_THE_LOAD_MS);
  const options: ChaosOptions = {
    seed,
    plan: values['one-by-one']
      ? planOneByOne({ seed, workers })
      : { tracks: planFaults({ seed, loadMs, workers }), loadMs },
    drainMs: DRAIN_MS,
    eventsPerSecond: Number(values['events-per-second']),
    workers,
    sabotage,
    logLevel: values['log-level'],
    searchPath: process.env.PATH ?? '',
    report: say,
  };
  if (values.controls) return controls(options);
  const again = `npm run chaos -- ${commandLine()}`;
  say(`Seed ${seed}; again: ${again}`);
  const result = await runChaos(options);
  if (values.json) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
  const found = problems(result);
  say(`\n${renderReport(result)}\n`);
  for (const problem of found) say(`✗ ${problem}`);
  say(
    found.length === 0
      ? `Passed: nothing lost, nothing unexpected. Again: ${again}`
      : `Failed. Again: ${again}`,
  );
  return found.length === 0 ? 0 : 1;
}

/** Passes if each sabotage is found. */
async function controls(options: ChaosOptions): Promise<number> {
  let missed = 0;
  for (const sabotage of SABOTAGES) {
    say(`\n${sabotage}`);
    const { result, isFound } = await runControl(sabotage, options);
    const { lost, stillPending } = result.verdict;
    say(`${isFound ? 'Found' : 'NOT FOUND'}: ${lost.count} events lost, ${stillPending} still pending`);
    if (!isFound) missed += 1;
  }
  return missed === 0 ? 0 : 1;
}

function commandLine(): string {
  const { minutes, seed, workers, sabotage } = values;
  const parts = [
    `--minutes ${minutes}`,
    `--seed ${seed}`,
    `--events-per-second ${values['events-per-second']}`,
  ];
  if (values['one-by-one']) parts.push('--one-by-one');
  if (workers !== '3') parts.push(`--workers ${workers}`);
  if (sabotage) parts.push(`--sabotage ${sabotage}`);
  return parts.join(' ');
}

function usage(): number {
  say(USAGE);
  return values.help ? 0 : 2;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
