import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Lab } from '../bench/lab.ts';
import { measure, withBaseline, withWorkers } from '../bench/measure.ts';
import { median } from '../bench/statistics.ts';

const ROUNDS = 3;
const TEST_TIMEOUT_MS = 60_000;
/** A job per 100 events, and a job per event; as many as take about a second. */
const WAYS = {
  postrider: { mode: 'batches', queue: 'events-open', events: 60_000 },
  textbook: { mode: 'single', queue: 'textbook', events: 8_000 },
} as const;
const WEBHOOKS = 4;
const clientIds = Array.from({ length: WEBHOOKS }, (_, index) => index + 1);

/** Servers, endpoint and producer of the benchmark, each a process of its own. */
let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open({ searchPath: process.env.PATH ?? '', report: () => {} });
  await lab.createWebhooks(
    WEBHOOKS,
    () => lab.url('/postrider'),
    (index) => index + 1,
  );
});
afterAll(() => lab.close());

/** Events per second from the producer to the endpoint. */
async function speed(way: keyof typeof WAYS): Promise<number> {
  const { events } = WAYS[way];
  const run = await measure(lab, { ...WAYS[way], clientIds, rate: 0 });
  expect(run.events).toBe(events);
  return run.eventsPerSecond;
}

async function rounds(): Promise<number[]> {
  const ratios: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const [ours, theirs] = [await speed('postrider'), await speed('textbook')];
    // The first round warms both up.
    if (round === 0) continue;
    ratios.push(ours / theirs);
    const figures = [ours, theirs].map((each) => `${Math.round(each)} events/s`);
    console.info(
      `Postrider ${figures[0]}, one job per event ${figures[1]}: ${(ours / theirs).toFixed(1)} times`,
    );
  }
  return ratios;
}

describe('Throughput, a first look', () => {
  it(
    'with a producer of 100-event jobs one worker moves at least 5 times what "one job per event, batched in memory" moves',
    async () => {
      // Either worker is idle while the other one is measured.
      const baseline = { file: './baselines/inMemory.ts', queue: WAYS.textbook.queue, path: '/textbook' };
      const ratios = await withWorkers(lab, 1, () => withBaseline(lab, baseline, rounds));
      expect(median(ratios)).toBeGreaterThanOrEqual(5);
    },
    TEST_TIMEOUT_MS,
  );
});
