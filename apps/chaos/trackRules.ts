import { type Fault, PAST_THE_LOCK_MS } from './faults.ts';
import type { Random } from './random.ts';

/** What may happen on a track of the schedule. */
export interface TrackRule {
  readonly name: string;
  /** Each at least once, in an order that the seed decides. */
  readonly always: readonly Fault[];
  /** Then one of these, again and again, until the time is over. */
  readonly draw: (random: Random) => Fault;
  readonly gapMs: readonly [number, number];
}

/**
 * From here on, a run has room for all of them and more, and less of it is faults: else workers and Redis are away for
 * most of the time, and what is measured is how long a backlog gets.
 */
const LONG_LOAD_MS = 240_000;

export function trackRules({ loadMs, workers }: { loadMs: number; workers: number }): TrackRule[] {
  const isLong = loadMs >= LONG_LOAD_MS;
  const worker = (random: Random) => random.between(0, workers - 1);
  return [
    {
      name: 'workers',
      gapMs: isLong ? [5_000, 12_000] : [2_000, 5_000],
      always: [
        { kind: 'pauseWorker', worker: 0, forMs: PAST_THE_LOCK_MS },
        { kind: 'cutWorkerOff', worker: 1, forMs: PAST_THE_LOCK_MS, silently: false },
        { kind: 'cutWorkerOff', worker: 2, forMs: 5_000, silently: true },
        { kind: 'forgetConnections', worker: 0 },
        { kind: 'killAllWorkers' },
        { kind: 'rollWorkers' },
        { kind: 'killWorker', worker: 1 },
      ],
      draw: (random) =>
        random.pick<(random: Random) => Fault>([
          () => ({ kind: 'killWorker', worker: worker(random) }),
          () => ({ kind: 'killWorker', worker: worker(random) }),
          () => ({ kind: 'killAllWorkers' }),
          () => ({ kind: 'pauseWorker', worker: worker(random), forMs: random.between(500, 6_000) }),
          () => ({
            kind: 'cutWorkerOff',
            worker: worker(random),
            forMs: random.between(500, 6_000),
            silently: true,
          }),
          () => ({
            kind: 'cutWorkerOff',
            worker: worker(random),
            forMs: random.between(500, 6_000),
            silently: false,
          }),
          () => ({ kind: 'forgetConnections', worker: worker(random) }),
          () => ({ kind: 'rollWorkers' }),
        ])(random),
    },
    {
      name: 'pursuit',
      gapMs: isLong ? [10_000, 25_000] : [4_000, 8_000],
      always: [{ kind: 'killWorkerOfWebhook', endpoint: 'slow', times: 3 }],
      draw: (random) => ({
        kind: 'killWorkerOfWebhook',
        endpoint: 'slow',
        times: random.between(3, 4),
      }),
    },
    {
      name: 'redis',
      gapMs: isLong ? [6_000, 14_000] : [4_000, 8_000],
      always: [
        { kind: 'cutRedisOff', forMs: 3_000 },
        { kind: 'cutRedisOff', forMs: 10_000 },
        ...(isLong ? [{ kind: 'cutRedisOff', forMs: 60_000 } as const] : []),
        { kind: 'killRedis', downMs: 1_000 },
        { kind: 'pauseRedis', forMs: 3_000 },
        { kind: 'resetRedisConnections' },
      ],
      draw: (random) =>
        random.pick<() => Fault>([
          () => ({ kind: 'cutRedisOff', forMs: random.between(100, 3_000) }),
          () => ({ kind: 'killRedis', downMs: random.between(0, 2_000) }),
          () => ({ kind: 'pauseRedis', forMs: random.between(200, 3_000) }),
          () => ({ kind: 'resetRedisConnections' }),
        ])(),
    },
    {
      name: 'mysql',
      gapMs: isLong ? [5_000, 12_000] : [8_000, 15_000],
      always: [
        { kind: 'killMysql', downMs: 5_000 },
        { kind: 'pauseMysql', forMs: 6_000 },
      ],
      draw: (random) =>
        random.pick<() => Fault>([
          () => ({ kind: 'killMysql', downMs: random.between(0, 8_000) }),
          () => ({ kind: 'pauseMysql', forMs: random.between(500, 8_000) }),
        ])(),
    },
    {
      name: 'edge',
      gapMs: isLong ? [2_000, 6_000] : [4_000, 8_000],
      always: [
        { kind: 'killApi' },
        { kind: 'killProducer', producer: 0 },
        { kind: 'killProducer', producer: 1 },
        { kind: 'killReceiver' },
        { kind: 'pauseReceiver', forMs: 3_000 },
      ],
      draw: (random) =>
        random.pick<() => Fault>([
          () => ({ kind: 'killApi' }),
          () => ({ kind: 'killProducer', producer: random.between(0, 1) }),
          () => ({ kind: 'killReceiver' }),
          () => ({ kind: 'pauseReceiver', forMs: random.between(200, 3_000) }),
        ])(),
    },
    ...changingTracks(isLong),
  ];
}

/** What customers change while events flow. */
function changingTracks(isLong: boolean): TrackRule[] {
  return ['changing-1', 'changing-2', 'changing-3'].map((endpoint) => ({
    name: endpoint,
    gapMs: isLong ? ([1_000, 8_000] as const) : ([3_000, 8_000] as const),
    always: [
      { kind: 'deactivate', endpoint, forMs: 3_000 },
      { kind: 'retarget', endpoint },
    ],
    draw: (random) =>
      random.pick<() => Fault>([
        () => ({ kind: 'deactivate', endpoint, forMs: random.between(200, 8_000) }),
        () => ({ kind: 'retarget', endpoint }),
      ])(),
  }));
}
