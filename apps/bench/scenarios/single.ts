import { measure, type Run, withWorkers } from '../measure.ts';
import type { Figure, Scenario } from '../scenario.ts';
import { median } from '../statistics.ts';
import { baseline } from './packed.ts';

const EVENTS = 60_000;
const WARM_UP = 60_000;
const WEBHOOKS = 4;

/** One event a job, as a foreign producer adds them. */
export const single: Scenario = async ({ lab, rounds, scale, progress }): Promise<Figure[]> => {
  const events = Math.round(EVENTS * scale);
  const warmUp = Math.round(WARM_UP * scale);
  const clientIds = Array.from({ length: WEBHOOKS }, (_, i) => i + 1);
  await lab.createWebhooks(
    WEBHOOKS,
    (i) => lab.url(`/single/${i}`),
    (i) => i + 1,
  );
  const own: Run[] = [];
  const inMemory: Run[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const task = { mode: 'single', queue: 'events-open', events, clientIds, rate: 0 } as const;
    const mine = await withWorkers(lab, 1, (worker) => measure(lab, task, { worker, warmUp }));
    const theirs = await baseline(lab, './baselines/inMemory.ts', { events, warmUp });
    if (round > 0) {
      own.push(mine);
      inMemory.push(theirs);
    }
    progress(
      `round ${round}: ${Math.round(mine.eventsPerSecond)} beside ${Math.round(theirs.eventsPerSecond)} events/s`,
    );
  }
  await lab.removeWebhooks();
  const speed = median(own.map((run) => run.eventsPerSecond));
  const theirs = median(inMemory.map((run) => run.eventsPerSecond));
  return [
    { name: 'Postrider', value: speed, unit: 'events/s' },
    { name: 'baseline b: batched in memory', value: theirs, unit: 'events/s' },
    { name: 'Postrider / b', value: speed / theirs, unit: '×', goal: { atLeast: 1 } },
    { name: 'events per POST', value: median(own.map((run) => run.events / run.posts)), unit: 'events' },
    { name: 'Redis commands', value: median(own.map((run) => run.redisCommandsPerEvent)), unit: 'per event' },
  ];
};
