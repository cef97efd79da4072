import type { EndpointReport } from '../endpoint.ts';
import type { Lab } from '../lab.ts';
import { measure, publishPending, sleep, withBaseline, withWorkers } from '../measure.ts';
import type { Figure, Scenario } from '../scenario.ts';
import { sentCommands } from '../sentCommands.ts';
import { median } from '../statistics.ts';

const HEALTHY = 50;
const DEAD_CLIENT = HEALTHY + 1;
const PENDING = 200_000;
const HEALTHY_EVENTS = 300_000;
const IDLE_S = 30;
/** RETRY_INTERVAL_MS of contract §3. */
const INTERVAL_S = 10;

const healthyClients = Array.from({ length: HEALTHY }, (_, i) => i + 1);

/** One dead endpoint with 200,000 events pending, beside 50 healthy ones. */
export const outage: Scenario = async ({ lab, rounds, scale, progress }): Promise<Figure[]> => {
  const events = Math.round(HEALTHY_EVENTS * scale);
  const pending = Math.round(PENDING * scale);
  await lab.endpoint.ask('kill');
  const paths = [...healthyClients.map((id) => `/healthy/${id}`), '/dead/1'];
  await lab.createWebhooks(
    paths.length,
    (i) => lab.url(paths[i] ?? ''),
    (i) => i + 1,
  );
  const own = await withWorkers(lab, 1, async (worker) => {
    const task = {
      mode: 'packed',
      queue: 'events-open',
      events,
      clientIds: healthyClients,
      rate: 0,
    } as const;
    const speed = async () => (await measure(lab, task, { worker })).eventsPerSecond;
    const without = await repeat(rounds, speed);
    progress(`healthy ones alone: ${Math.round(without)} events/s`);
    await publishPending(lab, [DEAD_CLIENT], pending);
    const beside = await repeat(rounds, speed);
    progress(`beside ${pending} events behind a dead one: ${Math.round(beside)} events/s`);
    const quiet = await quietCost(lab, IDLE_S);
    progress(`the dead one alone: ${quiet.posts} POSTs in ${IDLE_S} s`);
    const drain = await drainSpeed(lab, pending);
    progress(`recovered: ${Math.round(drain)} events/s`);
    await sleep(2_000);
    return { without, beside, quiet, drain, idle: await quietCost(lab, IDLE_S / 2) };
  });
  await lab.removeWebhooks();
  const theirs = await retryingBatches(lab, { events, pending, rounds, progress });
  return [
    {
      name: 'healthy throughput, beside / alone',
      value: own.beside / own.without,
      unit: '×',
      goal: { atLeast: 0.95 },
    },
    {
      name: `POSTs to the dead one, per interval of ${INTERVAL_S} s`,
      value: (own.quiet.posts / IDLE_S) * INTERVAL_S,
      unit: 'POSTs',
      goal: { atMost: 1.01 },
    },
    {
      name: 'Redis commands sent because of the dead one',
      value: own.quiet.sentPerSecond - own.idle.sentPerSecond,
      unit: 'per s',
      goal: { atMost: 5 },
    },
    {
      name: 'the same with those inside of scripts',
      value: own.quiet.commandsPerSecond - own.idle.commandsPerSecond,
      unit: 'per s',
      goal: { atMost: 5 },
    },
    { name: 'drain after recovery', value: own.drain, unit: 'events/s' },
    { name: 'drain / healthy ones alone', value: own.drain / own.without, unit: '×', goal: { atLeast: 0.5 } },
    {
      name: 'baseline c: healthy throughput, beside / alone',
      value: theirs.beside / theirs.without,
      unit: '×',
    },
    {
      name: `baseline c: POSTs to the dead one, per interval of ${INTERVAL_S} s`,
      value: (theirs.quiet.posts / IDLE_S) * INTERVAL_S,
      unit: 'POSTs',
    },
    { name: 'baseline c: Redis commands', value: theirs.quiet.commandsPerSecond, unit: 'per s' },
  ];
};

async function retryingBatches(
  lab: Lab,
  {
    events,
    pending,
    rounds,
    progress,
  }: { events: number; pending: number; rounds: number; progress: (line: string) => void },
) {
  const queue = 'baseline-c';
  return withBaseline(lab, { file: './baselines/retryingBatches.ts', queue, path: '/' }, async () => {
    const targetUrls = healthyClients.map((id) => lab.url(`/healthy/${id}`));
    const task = { mode: 'batches', queue, events, clientIds: healthyClients, targetUrls, rate: 0 } as const;
    const speed = async () => (await measure(lab, task)).eventsPerSecond;
    const without = await repeat(rounds, speed);
    const dead = { ...task, clientIds: [DEAD_CLIENT], targetUrls: [lab.url('/dead/1')], events: pending };
    await publishPending(lab, [DEAD_CLIENT], pending, dead);
    const beside = await repeat(rounds, speed);
    progress(`baseline c: ${Math.round(without)} alone, ${Math.round(beside)} events/s beside the dead one`);
    return { without, beside, quiet: await quietCost(lab, IDLE_S) };
  });
}

/** What goes on while nothing is published. */
async function quietCost(lab: Lab, seconds: number) {
  await lab.endpoint.ask('reset');
  const before = await lab.redisUse();
  const sent = await sentCommands(lab.redis, () => sleep(seconds * 1_000));
  const after = await lab.redisUse();
  const { deadRequests } = await lab.endpoint.ask<EndpointReport>('report');
  return {
    posts: deadRequests,
    sentPerSecond: sent / seconds,
    commandsPerSecond: (after.commands - before.commands) / seconds,
  };
}

/** Events a second from the first delivery after the recovery to the last. */
export async function drainSpeed(lab: Lab, pending: number): Promise<number> {
  await lab.endpoint.ask('reset');
  await lab.endpoint.ask('revive');
  await lab.waitForEvents(1, 60_000);
  const startedAt = performance.timeOrigin + performance.now();
  const { events, lastAt } = await lab.waitForEvents(pending, 180_000);
  await lab.endpoint.ask('kill');
  return (events / (lastAt - startedAt)) * 1_000;
}

async function repeat(rounds: number, work: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let round = 0; round < rounds; round += 1) values.push(await work());
  return median(values);
}
