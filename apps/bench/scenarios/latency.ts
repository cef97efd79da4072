import { measure, withBaseline, withWorkers } from '../measure.ts';
import type { Figure, Scenario } from '../scenario.ts';
import { median, quantile } from '../statistics.ts';

const RATE = 200;
const SECONDS = 10;
const WARM_UP_SECONDS = 3;

/** 200 events a second, from the publish to the arrival at the endpoint. */
export const latency: Scenario = async ({ lab, rounds, scale, progress }): Promise<Figure[]> => {
  const events = Math.round(RATE * SECONDS * scale);
  const warmUp = RATE * WARM_UP_SECONDS;
  await lab.createWebhooks(
    1,
    () => lab.url('/timed'),
    () => 1,
  );
  const ours: number[][] = [];
  const theirs: number[][] = [];
  for (let round = 0; round < rounds; round += 1) {
    const common = { events, clientIds: [1], rate: RATE };
    const packed = { ...common, mode: 'packed', queue: 'events-open' } as const;
    const single = { ...common, mode: 'single', queue: 'baseline' } as const;
    const own = await withWorkers(lab, 1, () => measure(lab, packed, { warmUp }));
    const baseline = { file: './baselines/oneByOne.ts', queue: 'baseline', path: '/timed' };
    const textbook = await withBaseline(lab, baseline, () => measure(lab, single, { warmUp }));
    ours.push([...own.latenciesMs]);
    theirs.push([...textbook.latenciesMs]);
    progress(`round ${round + 1}: median ${median(own.latenciesMs).toFixed(2)} ms`);
  }
  await lab.removeWebhooks();
  const of = (all: number[][], q: number) => median(all.map((latencies) => quantile(latencies, q)));
  return [
    { name: 'Postrider, median', value: of(ours, 0.5), unit: 'ms' },
    { name: 'Postrider, 99th percentile', value: of(ours, 0.99), unit: 'ms' },
    { name: 'baseline a, median', value: of(theirs, 0.5), unit: 'ms' },
    { name: 'baseline a, 99th percentile', value: of(theirs, 0.99), unit: 'ms' },
    {
      name: 'median, Postrider / a',
      value: of(ours, 0.5) / of(theirs, 0.5),
      unit: '×',
      goal: { atMost: 1.5 },
    },
    { name: '99th, Postrider / a', value: of(ours, 0.99) / of(theirs, 0.99), unit: '×', goal: { atMost: 1 } },
  ];
};
