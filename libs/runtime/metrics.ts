import { setTimeout as sleep } from 'node:timers/promises';
import { Counter, collectDefaultMetrics, Gauge, Histogram, type LabelValues, Registry } from 'prom-client';
import { EVENT_TYPES } from '#libs/domain/eventType.ts';
import { NOTICE_KINDS } from '#libs/domain/noticeKind.ts';

const READ_TIMEOUT_MS = 1_000;

/** Why events may be given up. */
const DISCARD_REASONS = ['expired', 'deleted'];
/** Why events are kept. */
const KEPT_REASONS = ['expired', 'delivered'];
const OUTCOMES = ['delivered', 'failed'];
const TYPES = EVENT_TYPES.map((type) => ({ type }));

type Labels<Label extends string> = readonly (LabelValues<Label> & Record<Label, string>)[];

/**
 * The metrics of contract §5. Labels are bounded: types, reasons and outcomes, never a client or a webhook. Every
 * counter begins at 0 with each of its labels: whoever looks for an increase would miss the first one of a series that
 * was not there before.
 */
export function createMetrics() {
  const registry = createRegistry();
  const registers = [registry];
  const counter = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    labels: Labels<Label>,
  ) => {
    const made = new Counter<Label>({ name, help, labelNames, registers });
    for (const each of labels) made.inc(each, 0);
    return made;
  };
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name, help, buckets, registers });
  return {
    registry,
    eventsReceived: counter(
      'postrider_events_received_total',
      'Valid events taken from the queues',
      ['type'],
      TYPES,
    ),
    eventsRejected: counter(
      'postrider_events_rejected_total',
      'Invalid events in the queues',
      ['type'],
      TYPES,
    ),
    eventsDelivered: counter(
      'postrider_events_delivered_total',
      'Events accepted by a target',
      ['type'],
      TYPES,
    ),
    eventsDiscarded: createDiscardedCounter(registry),
    eventsNotKept: counter(
      'postrider_events_not_kept_total',
      'Discarded or delivered events that were to be kept, and are not',
      ['reason'],
      KEPT_REASONS.map((reason) => ({ reason })),
    ),
    transmissions: counter(
      'postrider_transmissions_total',
      'POSTs to targets',
      ['outcome'],
      OUTCOMES.map((outcome) => ({ outcome })),
    ),
    notices: counter(
      'postrider_notices_total',
      'What operators were told of webhooks',
      ['kind'],
      NOTICE_KINDS.map((kind) => ({ kind })),
    ),
    batchEvents: histogram('postrider_batch_events', 'Events in a POST', [1, 2, 5, 10, 25, 50, 75, 99, 100]),
    transmissionSeconds: histogram(
      'postrider_transmission_seconds',
      'From the start of a POST to its outcome',
      [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    ),
    eventAgeSeconds: histogram(
      'postrider_event_age_seconds',
      "From an event's creation to its acceptance by the target",
      [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600, 21_600, 86_400, 259_200],
    ),
    /** A gauge whose value is asked for when it is read. */
    gauge: (name: string, help: string, read: () => Promise<number>) =>
      addGauge(registry, { name, help, read }),
  };
}

/** Workers discard what expires, the API what waits for a webhook that it deletes. */
export function createDiscardedCounter(registry: Registry): Counter<'type' | 'reason'> {
  const made = new Counter({
    name: 'postrider_events_discarded_total',
    help: 'Events given up',
    labelNames: ['type', 'reason'],
    registers: [registry],
  });
  for (const { type } of TYPES) for (const reason of DISCARD_REASONS) made.inc({ type, reason }, 0);
  return made;
}

/** What every process tells: memory, CPU, garbage collection, and for how long its event loop held up what came. */
export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** NaN while nobody can say: the other metrics must not wait for a Redis that is away. */
export function addGauge(
  registry: Registry,
  { name, help, read }: { name: string; help: string; read: () => Promise<number> },
): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      const late = sleep(READ_TIMEOUT_MS, Number.NaN, { ref: false });
      this.set(await Promise.race([read().catch(() => Number.NaN), late]));
    },
  });
}

export type Metrics = ReturnType<typeof createMetrics>;
