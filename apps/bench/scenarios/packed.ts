import type { Lab } from '../lab.ts';
import { measure, measureLimit, type Run, withBaseline, withWorkers } from '../measure.ts';
import type { Figure, Scenario, ScenarioOptions } from '../scenario.ts';
import { median } from '../statistics.ts';

/** Webhooks, one for each client, that share the events. */
const WEBHOOKS = 4;
/** How many events each way gets, so that a round of each takes a few seconds. */
const EVENTS = { postrider: 400_000, unseen: 400_000, limit: 600_000, oneByOne: 20_000, inMemory: 60_000 };
type Way = keyof typeof EVENTS;
/** As many more come before what counts. */
const WARM_UP_SHARE = 0.5;
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
      const run = await ways[way](lab, Math.round(EVENTS[way] * scale));
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
  postrider: (lab: Lab, events: number) => postrider(lab, events),
  unseen: (lab: Lab, events: number) => postrider(lab, events, UNSEEN),
  limit: (lab: Lab, events: number) => measureLimit(lab, events, warmUpOf(events)),
  oneByOne: (lab: Lab, events: number) => baseline(lab, './baselines/oneByOne.ts', events),
  inMemory: (lab: Lab, events: number) => baseline(lab, './baselines/inMemory.ts', events),
};

function postrider(lab: Lab, events: number, settings: Readonly<Record<string, string>> = {}): Promise<Run> {
  const task = { mode: 'packed', queue: 'events-open', events, clientIds, rate: 0 } as const;
  return withWorkers(lab, 1, (worker) => measure(lab, task, { worker, warmUp: warmUpOf(events) }), settings);
}

export function baseline(lab: Lab, file: string, events: number): Promise<Run> {
  const task = { mode: 'single', queue: 'baseline', events, clientIds, rate: 0 } as const;
  const how = { file, queue: 'baseline', path: '/baseline' };
  return withBaseline(lab, how, () => measure(lab, task, { warmUp: warmUpOf(events) }));
}

export function warmUpOf(events: number): number {
  return Math.round((events * WARM_UP_SHARE) / 1_000) * 1_000;
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
