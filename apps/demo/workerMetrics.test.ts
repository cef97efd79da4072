import { expect, it } from '@jest/globals';
import { sumSamples } from './workerMetrics.ts';

const PAGE = `# HELP postrider_transmissions_total POSTs to targets
# TYPE postrider_transmissions_total counter
postrider_transmissions_total{outcome="delivered"} 12
postrider_transmissions_total{outcome="failed"} 3
postrider_transmissions_total_other 100
postrider_pending_events 7
`;

it.each([
  ['postrider_transmissions_total', '', 15],
  ['postrider_transmissions_total', 'outcome="failed"', 3],
  ['postrider_pending_events', '', 7],
  ['postrider_missing', '', 0],
])('adds up %s %s', (name, label, sum) => {
  expect(sumSamples(PAGE, name, label)).toBe(sum);
});
