import type { EndpointReport } from '../endpoint.ts';
import { measure, publishPending, sleep, withWorkers } from '../measure.ts';
import type { Figure, Scenario } from '../scenario.ts';
import { median } from '../statistics.ts';

const HEALTHY = 20;
const DEAD = 2_000;
const PENDING_EACH = 100;
const HEALTHY_EVENTS = 300_000;
const QUIET_S = 20;

/** 2,000 dead endpoints with pending events, beside 20 healthy ones. */
export const storm: Scenario = async ({ lab, rounds, scale, progress }): Promise<Figure[]> => {
  const dead = Math.round(DEAD * scale);
  const events = Math.round(HEALTHY_EVENTS * scale);
  await lab.endpoint.ask('kill');
  const path = (i: number) => (i < HEALTHY ? `/healthy/${i}` : `/dead/${i}`);
  await lab.createWebhooks(
    HEALTHY + dead,
    (i) => lab.url(path(i)),
    (i) => i + 1,
  );
  const clientIds = Array.from({ length: HEALTHY }, (_, i) => i + 1);
  const deadClients = Array.from({ length: dead }, (_, i) => HEALTHY + i + 1);
  const result = await withWorkers(lab, 1, async (worker) => {
    const task = { mode: 'packed', queue: 'events-open', events, clientIds, rate: 0 } as const;
    const alone: number[] = [];
    const beside: number[] = [];
    for (let i = 0; i < rounds; i += 1) alone.push((await measure(lab, task, { worker })).eventsPerSecond);
    progress(`healthy ones alone: ${Math.round(median(alone))} events/s`);
    await publishPending(lab, deadClients, dead * PENDING_EACH);
    await sleep(12_000);
    for (let i = 0; i < rounds; i += 1) beside.push((await measure(lab, task, { worker })).eventsPerSecond);
    progress(`beside ${dead} dead ones: ${Math.round(median(beside))} events/s`);
    await lab.endpoint.ask('reset');
    const before = await lab.redisUse();
    const workerBefore = await worker.cpuSeconds();
    await sleep(QUIET_S * 1_000);
    const after = await lab.redisUse();
    const workerCpu = (await worker.cpuSeconds()) - workerBefore;
    const { deadRequests } = await lab.endpoint.ask<EndpointReport>('report');
    const perTry = (amount: number) => amount / Math.max(1, deadRequests);
    const commands = perTry(after.commands - before.commands);
    const redisMicros = perTry(after.cpuSeconds - before.cpuSeconds) * 1e6;
    const workerMicros = perTry(workerCpu) * 1e6;
    return {
      alone: median(alone),
      beside: median(beside),
      posts: deadRequests / QUIET_S,
      commands,
      redisMicros,
      workerMicros,
    };
  });
  await lab.removeWebhooks();
  return [
    {
      name: 'healthy throughput, beside / alone',
      value: result.beside / result.alone,
      unit: '×',
      goal: { atLeast: 0.8 },
    },
    { name: 'POSTs to dead ones', value: result.posts, unit: 'per s', goal: { atMost: (dead / 10) * 1.05 } },
    { name: 'Redis commands for each try of a dead one', value: result.commands, unit: 'commands' },
    { name: 'Redis CPU for each try of a dead one', value: result.redisMicros, unit: 'µs' },
    { name: 'worker CPU for each try of a dead one', value: result.workerMicros, unit: 'µs' },
  ];
};
