import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { Lab } from './lab.ts';
import { renderTable } from './renderTable.ts';
import type { Figure, Scenario } from './scenario.ts';
import { fanout } from './scenarios/fanout.ts';
import { cost, scale } from './scenarios/growth.ts';
import { latency } from './scenarios/latency.ts';
import { outage } from './scenarios/outage.ts';
import { packed } from './scenarios/packed.ts';
import { single } from './scenarios/single.ts';
import { storm } from './scenarios/storm.ts';

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  packed,
  single,
  latency,
  outage,
  storm,
  fanout,
  cost,
  scale,
};

const USAGE = `npm run bench -- [--scenario NAME]… [--rounds N] [--scale X] [--json FILE]

  --scenario  one of ${Object.keys(SCENARIOS).join(', ')}; may be repeated. Default: all.
  --rounds    how often each way is measured, in turn. Default: 3.
  --scale     size of the load, 1 is full. Default: 1.
  --json      also writes all figures to this file.
`;

const { values } = parseArgs({
  options: {
    scenario: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '3' },
    scale: { type: 'string', default: '1' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const chosen = values.scenario ?? Object.keys(SCENARIOS);
const unknown = chosen.filter((name) => !(name in SCENARIOS));
if (values.help || unknown.length > 0) {
  const problem = unknown.length > 0 ? `There is no scenario "${unknown.join('", "')}".\n\n` : '';
  process.stdout.write(problem + USAGE);
  process.exit(unknown.length > 0 ? 2 : 0);
}

const print = (line: string) => process.stdout.write(`${line}\n`);
const results: Record<string, Figure[]> = {};
const lab = await Lab.open({ searchPath: process.env.PATH ?? '', report: print });
try {
  for (const name of chosen) {
    const scenario = SCENARIOS[name];
    if (!scenario) continue;
    print(`\n${name}`);
    const options = { lab, rounds: Number(values.rounds), scale: Number(values.scale) };
    results[name] = await scenario({ ...options, progress: (line) => print(`  ${line}`) });
  }
} finally {
  await lab.close();
}
print(renderTable(results));
if (values.json) await writeFile(values.json, JSON.stringify(results, null, 2));
