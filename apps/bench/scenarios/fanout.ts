import { measure, sleep, withWorkers } from '../measure.ts';
import type { Figure, Scenario } from '../scenario.ts';
import { median } from '../statistics.ts';

const CLIENTS = 2_000;
const WEBHOOKS_PER_CLIENT = 5;
const EVENTS_PER_CLIENT = 100;
const IDLE_S = 20;

/** 10,000 webhooks over 2,000 clients, each of which gets events; beside few webhooks with batches of that size. */
export const fanout: Scenario = async ({ lab, rounds, scale, progress }): Promise<Figure[]> => {
  const clients = Math.round(CLIENTS * scale);
  const clientIds = Array.from({ length: clients }, (_, i) => i + 1);
  const events = clients * EVENTS_PER_CLIENT;
  const task = { mode: 'packed', queue: 'events-open', events, clientIds, rate: 0 } as const;
  progress(`creating ${clients * WEBHOOKS_PER_CLIENT} webhooks`);
  await lab.createWebhooks(
    clients * WEBHOOKS_PER_CLIENT,
    (i) => lab.url(`/fan/${i}`),
    (i) => (i % clients) + 1,
  );
  const fan = await withWorkers(lab, 1, async (worker) => {
    await sleep(2_000);
    const before = await lab.redisUse();
    await sleep(IDLE_S * 1_000);
    const idle = ((await lab.redisUse()).commands - before.commands) / IDLE_S;
    progress(`idle: ${idle.toFixed(1)} Redis commands/s`);
    const speeds: number[] = [];
    const sizes: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const run = await measure(lab, task, { worker, deliveriesPerEvent: WEBHOOKS_PER_CLIENT });
      speeds.push(run.eventsPerSecond);
      sizes.push(run.events / run.posts);
      progress(`round ${round + 1}: ${Math.round(run.eventsPerSecond)} deliveries/s`);
    }
    return { idle, speed: median(speeds), batch: median(sizes) };
  });
  await lab.removeWebhooks();
  const few = await fewWebhooks(
    lab,
    Math.max(1, Math.round(fan.batch)),
    Math.round(events * WEBHOOKS_PER_CLIENT * 0.4),
    rounds,
  );
  return [
    { name: 'deliveries', value: fan.speed, unit: 'events/s' },
    { name: 'events per POST', value: fan.batch, unit: 'events' },
    { name: 'four webhooks with batches of that size', value: few, unit: 'events/s' },
    { name: 'few webhooks / many', value: few / fan.speed, unit: '×', goal: { atMost: 2 } },
    { name: 'Redis commands while all are idle', value: fan.idle, unit: 'per s', goal: { atMost: 20 } },
  ];
};

async function fewWebhooks(
  lab: Parameters<Scenario>[0]['lab'],
  batchSize: number,
  events: number,
  rounds: number,
) {
  await lab.createWebhooks(
    4,
    (i) => lab.url(`/few/${i}`),
    (i) => i + 1,
  );
  const task = { mode: 'packed', queue: 'events-open', events, clientIds: [1, 2, 3, 4], rate: 0 } as const;
  const settings = { BATCH_SIZE: String(Math.min(100, batchSize)) };
  const worker = await lab.startWorker(settings);
  const speeds: number[] = [];
  for (let round = 0; round < rounds; round += 1)
    speeds.push((await measure(lab, task, { worker })).eventsPerSecond);
  await worker.stop();
  await lab.removeWebhooks();
  return median(speeds);
}
