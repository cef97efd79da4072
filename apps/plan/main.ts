import { parseArgs } from 'node:util';
import { plan } from './plan.ts';
import { PEAK_FACTOR, TARGET_LOAD, UNIT_COSTS } from './unitCosts.ts';

const USAGE = `npm run plan -- --events-per-day N --webhooks N --dead-share X

  How many workers and Redis shards carry a load, from the unit costs that npm run bench measured.

  --events-per-day  such as 1000000000
  --webhooks        such as 1000000
  --dead-share      the share of webhooks whose endpoint is dead, 0 to 1. Default: 0.05.
`;

const { values } = parseArgs({
  options: {
    'events-per-day': { type: 'string' },
    webhooks: { type: 'string' },
    'dead-share': { type: 'string', default: '0.05' },
    help: { type: 'boolean', default: false },
  },
});
const load = {
  eventsPerDay: Number(values['events-per-day']),
  webhooks: Number(values.webhooks),
  deadShare: Number(values['dead-share']),
};
const usable = load.eventsPerDay >= 0 && load.webhooks >= 0 && load.deadShare >= 0 && load.deadShare <= 1;
if (values.help || !usable) {
  process.stdout.write(USAGE);
  process.exit(values.help ? 0 : 2);
}

const count = (value: number) => Math.round(value).toLocaleString('en-US');
const result = plan(load);
const lines = [
  [
    'events a second at the peak',
    `${count(result.peakEventsPerSecond)} (${PEAK_FACTOR} times the day's mean)`,
  ],
  ['tries of dead endpoints a second', count(result.deadTriesPerSecond)],
  ['events that wait for dead endpoints', count(result.pendingEvents)],
  ['Redis memory', `${(result.redisMemoryBytes / 1024 ** 3).toFixed(1)} GiB`],
  ['worker processes', `${count(result.workers)}, a core each, at ${TARGET_LOAD * 100} % load`],
  ['Redis shards', `${count(Math.max(result.shardsForCpu, result.shardsForMemory))}`],
  ['', `${count(result.shardsForCpu)} for CPU, ${count(result.shardsForMemory)} for memory`],
  ['first wall on one Redis', result.firstWall],
];
const width = Math.max(...lines.map(([name = '']) => name.length));
process.stdout.write(
  `${lines.map(([name = '', value]) => `${name.padEnd(width)}  ${value}`).join('\n')}\n\n`,
);
process.stdout.write(`From: ${JSON.stringify(UNIT_COSTS)}\n`);
