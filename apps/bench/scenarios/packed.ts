import type { Lab } from '../lab.ts';
import { measure, measureLimit, type Run, type Size, withBaseline, withWorkers } from '../measure.ts';
import type { Figure, Scenario, ScenarioOptions } from '../scenario.ts';
import { median } from '../statistics.ts';

/** Webhooks, one for each client, that share the events. */
const WEBHOOKS = 4;
/** How many events each way gets, so that a round of each takes a few seconds. */
const EVENTS = { postrider: 400_000, unseen: 400_000, limit: 600_000, oneByOne: 20_000, inMemory: 60_000 };
type Way = keyof typeof EVENTS;
/** Come before what counts: until none of them gets faster any more, which takes Postrider's worker half a minute. */
const WARM_UP: typeof EVENTS = {
  postrider: 1_600_000,
  unseen: 1_600_000,
  limit: 1_600_000,
  oneByOne: 10_000,
  inMemory: 60_000,
};
/** Without what operators and customers see of it afterwards. */
const UNSEEN = { DELIVERY_LOG_DAYS: '0', DISCARDED_DAYS: '0' };

/** Through the publisher library: the textbook ways, the limit and Postrider in turn. */
export const packed: Scenario = async ({
  lab,
  rounds,
  scale,
  progress,
}: ScenarioOptions): Promise<Figure[]> => {
  const runs: Record<Way, Run[]> = { postrider: [], unseen: [], limit: [], oneByOne: [], inMemory: [] };
  await lab.createWebhooks(
    WEBHOOKS,
    (i) => lab.url(`/packed/${i}`),
    (i) => i + 1,
  );
  for (let round = 0; round <= rounds; round += 1) {
    for (const way of Object.keys(EVENTS) as Way[]) {
      const size = { events: Math.round(EVENTS[way] * scale), warmUp: Math.round(WARM_UP[way] * scale) };
      const run = await ways[way](lab, size);
      // The first round warms up the machine and is not counted.
      if (round > 0) runs[way].push(run);
      progress(
        `${round === 0 ? 'warm-up' : `round ${round}`} ${way}: ${Math.round(run.eventsPerSecond)} events/s`,
      );
    }
  }
  await lab.removeWebhooks();
  return figures(runs);
};

const clientIds = Array.from({ length: WEBHOOKS }, (_, i) => i + 1);

const ways = {
  postrider: (lab: Lab, size: Size) => postrider(lab, size),
  unseen: (lab: Lab, size: Size) => postrider(lab, size, UNSEEN),
  limit: measureLimit,
  oneByOne: (lab: Lab, size: Size) => baseline(lab, './baselines/oneByOne.ts', size),
  inMemory: (lab: Lab, size: Size) => baseline(lab, './baselines/inMemory.ts', size),
};

function postrider(
  lab: Lab,
  { events, warmUp }: Size,
  settings: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const task = { mode: 'packed', queue: 'events-open', events, clientIds, rate: 0 } as const;
  return withWorkers(lab, 1, (worker) => measure(lab, task, { worker, warmUp }), settings);
}

export function baseline(lab: Lab, file: string, { events, warmUp }: Size): Promise<Run> {
  const task = { mode: 'single', queue: 'baseline', events, clientIds, rate: 0 } as const;
  const how = { file, queue: 'baseline', path: '/baseline' };
  return withBaseline(lab, how, () => measure(lab, task, { warmUp }));
}

function figures(runs: Record<Way, Run[]>): Figure[] {
  const speed = (way: Way) => median(runs[way].map((run) => run.eventsPerSecond));
  const of = (pick: (run: Run) => number) => median(runs.postrider.map(pick));
  const perSecond = { unit: 'events/s' };
  const ratio = { unit: '×' };
  return [
    { name: 'Postrider', value: speed('postrider'), ...perSecond },
    { name: 'limit: POSTs only', value: speed('limit'), ...perSecond },
    { name: 'baseline a: a job and a POST per event', value: speed('oneByOne'), ...perSecond },
    { name: 'baseline b: batched in memory', value: speed('inMemory'), ...perSecond },
    { name: 'Postrider / a', value: speed('postrider') / speed('oneByOne'), ...ratio, goal: { atLeast: 25 } },
    { name: 'Postrider / b', value: speed('postrider') / speed('inMemory'), ...ratio, goal: { atLeast: 9 } },
    {
      name: 'Postrider / limit',
      value: speed('postrider') / speed('limit'),
      ...ratio,
      goal: { atLeast: 0.55 },
    },
    {
      name: 'with the delivery log / without',
      value: speed('postrider') / speed('unseen'),
      ...ratio,
      goal: { atLeast: 0.9 },
    },
    { name: 'events per POST', value: of((run) => run.events / run.posts), unit: 'events' },
    {
      name: 'Redis commands',
      value: of((run) => run.redisCommandsPerEvent),
      unit: 'per event',
      goal: { atMost: 0.3 },
    },
    { name: 'Redis CPU', value: of((run) => run.redisCpuMicrosPerEvent), unit: 'µs per event' },
    { name: 'worker CPU', value: of((run) => run.workerCpuMicrosPerEvent), unit: 'µs per event' },
    { name: 'endpoint CPU share', value: of((run) => run.endpointCpuShare), unit: 'of a core' },
    { name: 'producer CPU share', value: of((run) => run.producerCpuShare), unit: 'of a core' },
  ];
}
