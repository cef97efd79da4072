import { measure, publishPending, sleep, withWorkers } from '../measure.ts';
import type { Figure, Scenario } from '../scenario.ts';
import { drainSpeed } from './outage.ts';

const SMALL = 10_000;
const LARGE = 1_000_000;
const QUIET_S = 20;
const MEMORY_EVERY_MS = 200;
const WORKERS = [1, 2, 4];
const EVENTS = 400_000;
const WEBHOOKS = 8;

/** How costs grow from 10,000 to 1,000,000 pending events: they should not. And what a pending event weighs. */
export const cost: Scenario = async ({ lab, scale, progress }): Promise<Figure[]> => {
  const small = await pendingCost(lab, Math.round(SMALL * scale), progress);
  const large = await pendingCost(lab, Math.round(LARGE * scale), progress);
  return [
    { name: 'Redis memory of a pending event', value: large.bytes, unit: 'bytes', goal: { atMost: 100 } },
    { name: 'the same with few pending', value: small.bytes, unit: 'bytes' },
    {
      name: `growth of the worker while it drains ${LARGE}`,
      value: large.growth,
      unit: 'MiB',
      goal: { atMost: 100 },
    },
    {
      name: `Redis commands while they wait, ${LARGE} / ${SMALL} pending`,
      value: large.commands / small.commands,
      unit: '×',
      goal: { atMost: 1.2 },
    },
    {
      name: `drain, ${LARGE} / ${SMALL} pending`,
      value: large.drain / small.drain,
      unit: '×',
      goal: { atLeast: 0.8 },
    },
  ];
};

async function pendingCost(
  lab: Parameters<Scenario>[0]['lab'],
  pending: number,
  progress: (line: string) => void,
) {
  await lab.endpoint.ask('kill');
  await lab.createWebhooks(
    1,
    () => lab.url('/dead/1'),
    () => 1,
  );
  const cost = await withWorkers(lab, 1, async (worker) => {
    await sleep(1_000);
    const empty = await lab.redisUse();
    await publishPending(lab, [1], pending);
    await sleep(3_000);
    const full = await lab.redisUse();
    await sleep(QUIET_S * 1_000);
    const commands = ((await lab.redisUse()).commands - full.commands) / QUIET_S;
    const before = await worker.residentBytes();
    let most = before;
    const sampling = setInterval(async () => {
      most = Math.max(most, await worker.residentBytes());
    }, MEMORY_EVERY_MS);
    const drain = await drainSpeed(lab, pending);
    clearInterval(sampling);
    const growth = (most - before) / 1_048_576;
    return { bytes: (full.usedMemory - empty.usedMemory) / pending, commands, drain, growth };
  });
  await lab.removeWebhooks();
  progress(`${pending} pending: ${cost.bytes.toFixed(0)} bytes each, ${cost.commands.toFixed(1)} commands/s`);
  return cost;
}

/** 1, 2 and 4 worker processes. */
export const scale: Scenario = async ({ lab, scale: size, progress }): Promise<Figure[]> => {
  const clientIds = Array.from({ length: WEBHOOKS }, (_, i) => i + 1);
  const task = {
    mode: 'packed',
    queue: 'events-open',
    events: Math.round(EVENTS * size),
    clientIds,
    rate: 0,
  } as const;
  await lab.createWebhooks(
    WEBHOOKS,
    (i) => lab.url(`/scale/${i}`),
    (i) => i + 1,
  );
  const figures: Figure[] = [];
  for (const workers of WORKERS) {
    const run = await withWorkers(lab, workers, () => measure(lab, task, { warmUp: task.events }));
    progress(`${workers} workers: ${Math.round(run.eventsPerSecond)} events/s`);
    figures.push({ name: `${workers} worker processes`, value: run.eventsPerSecond, unit: 'events/s' });
  }
  await lab.removeWebhooks();
  return figures;
};
