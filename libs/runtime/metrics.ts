import { setTimeout as sleep } from 'node:timers/promises';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const READ_TIMEOUT_MS = 1_000;

/** The metrics of contract §5. Labels are bounded: types, reasons and outcomes, never a client or a webhook. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter<Label>({ name, help, labelNames, registers });
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name, help, buckets, registers });
  return {
    registry,
    eventsReceived: counter('postrider_events_received_total', 'Valid events taken from the queues', [
      'type',
    ]),
    eventsRejected: counter('postrider_events_rejected_total', 'Invalid events in the queues', ['type']),
    eventsDelivered: counter('postrider_events_delivered_total', 'Events accepted by a target', ['type']),
    eventsDiscarded: counter('postrider_events_discarded_total', 'Events given up', ['type', 'reason']),
    transmissions: counter('postrider_transmissions_total', 'POSTs to targets', ['outcome']),
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
