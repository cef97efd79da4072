import type { EndpointReport } from './endpoint.ts';
import type { Lab, RedisUse } from './lab.ts';
import { Child } from './processes.ts';
import type { ProducerReport, ProducerTask } from './producer.ts';
import type { WorkerProcess } from './workerProcess.ts';

/** What one run of one way cost. CPU in seconds of one core; shares of one core over the run. */
export interface Run {
  readonly events: number;
  readonly eventsPerSecond: number;
  readonly seconds: number;
  readonly posts: number;
  readonly redisCommandsPerEvent: number;
  readonly redisCpuMicrosPerEvent: number;
  readonly workerCpuMicrosPerEvent: number;
  readonly endpointCpuShare: number;
  readonly producerCpuShare: number;
  readonly latenciesMs: readonly number[];
}

/** How many events count, and how many come before them. */
export interface Size {
  readonly events: number;
  readonly warmUp: number;
}

const PREFIX = 'postrider';

/** How long a run may take before it counts as what has arrived until then. */
const LIMIT_MS = 180_000;

/**
 * Produces events and waits until they have arrived; what runs between is the caller's. `warmUp`: so many events come
 * before and count for nothing, since a process that has just started is slow for seconds, whichever way it works.
 */
export async function measure(
  lab: Lab,
  task: Omit<ProducerTask, 'redisUrl' | 'prefix'>,
  options: { worker?: WorkerProcess; deliveriesPerEvent?: number; warmUp?: number } = {},
): Promise<Run> {
  const [producer] = await Child.start('./producer.ts');
  const request: ProducerTask = { ...task, redisUrl: lab.redisUrl, prefix: PREFIX };
  const { warmUp = 0, deliveriesPerEvent = 1 } = options;
  try {
    if (warmUp > 0) {
      await lab.endpoint.ask('reset');
      await producer.ask<ProducerReport>({ ...request, events: warmUp });
      await lab.waitForEvents(warmUp * deliveriesPerEvent, LIMIT_MS);
    }
    await lab.endpoint.ask('reset');
    const before = await readings(lab, options.worker);
    const expected = task.events * deliveriesPerEvent;
    const produced = await producer.ask<ProducerReport>(request);
    const arrived = await lab.waitForEvents(expected, LIMIT_MS);
    const after = await readings(lab, options.worker);
    return toRun({ arrived, produced, before, after });
  } finally {
    await producer.stop();
  }
}

/** The limit's loop, which is its own producer and worker. */
export async function measureLimit(lab: Lab, { events, warmUp }: Size): Promise<Run> {
  const [loop] = await Child.start('./baselines/limit.ts');
  const targetUrl = lab.url('/limit');
  try {
    await loop.ask<ProducerReport>({ targetUrl, events: warmUp });
    await lab.endpoint.ask('reset');
    const before = await readings(lab);
    const produced = await loop.ask<ProducerReport>({ targetUrl, events });
    const arrived = await lab.waitForEvents(events, LIMIT_MS);
    return toRun({ arrived, produced, before, after: await readings(lab) });
  } finally {
    await loop.stop();
  }
}

interface Readings {
  readonly redis: RedisUse;
  readonly endpointCpu: number;
  readonly workerCpu: number;
}

async function readings(lab: Lab, worker?: WorkerProcess): Promise<Readings> {
  const { cpuSeconds } = await lab.endpoint.ask<EndpointReport>('report');
  return {
    redis: await lab.redisUse(),
    endpointCpu: cpuSeconds,
    workerCpu: (await worker?.cpuSeconds()) ?? Number.NaN,
  };
}

function toRun(parts: {
  arrived: EndpointReport;
  produced: ProducerReport;
  before: Readings;
  after: Readings;
}): Run {
  const { arrived, produced, before, after } = parts;
  const seconds = (arrived.lastAt - produced.startedAt) / 1_000;
  const perEvent = (amount: number) => amount / arrived.events;
  return {
    events: arrived.events,
    eventsPerSecond: arrived.events / seconds,
    seconds,
    posts: arrived.requests,
    redisCommandsPerEvent: perEvent(after.redis.commands - before.redis.commands),
    redisCpuMicrosPerEvent: perEvent(after.redis.cpuSeconds - before.redis.cpuSeconds) * 1e6,
    workerCpuMicrosPerEvent: perEvent(after.workerCpu - before.workerCpu) * 1e6,
    endpointCpuShare: (after.endpointCpu - before.endpointCpu) / seconds,
    producerCpuShare: (produced.cpuSeconds * 1_000) / Math.max(1, produced.endedAt - produced.startedAt),
    latenciesMs: arrived.latenciesMs,
  };
}

/** Runs `work` while a baseline's worker consumes `queue`. */
export async function withBaseline<Result>(
  lab: Lab,
  baseline: { file: string; queue: string; path: string },
  work: () => Promise<Result>,
): Promise<Result> {
  const { file, queue, path } = baseline;
  const task = { redisUrl: lab.redisUrl, prefix: PREFIX, queue, targetUrl: lab.url(path) };
  const [child] = await Child.start(file, [JSON.stringify(task)]);
  try {
    return await work();
  } finally {
    await child.stop();
  }
}

/** Runs `work` while `count` workers of Postrider run. */
export async function withWorkers<Result>(
  lab: Lab,
  count: number,
  work: (first: WorkerProcess) => Promise<Result>,
  settings: Readonly<Record<string, string>> = {},
): Promise<Result> {
  const workers = await Promise.all(Array.from({ length: count }, () => lab.startWorker(settings)));
  const [first] = workers;
  if (!first) throw new Error('At least one worker is needed.');
  try {
    return await work(first);
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}

/** Publishes events that nobody accepts, and waits until they are in the backlog (or in the baseline's queue). */
export async function publishPending(
  lab: Lab,
  clientIds: readonly number[],
  events: number,
  task: Omit<ProducerTask, 'redisUrl' | 'prefix'> = {
    mode: 'packed',
    queue: 'events-open',
    events,
    clientIds,
    rate: 0,
  },
): Promise<void> {
  const [producer] = await Child.start('./producer.ts');
  await producer.ask({ ...task, redisUrl: lab.redisUrl, prefix: PREFIX });
  await producer.stop();
  if (task.mode !== 'packed') return;
  while ((await lab.pendingEvents(PREFIX)) < events) await sleep(100);
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
