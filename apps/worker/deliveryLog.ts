import { Counter } from 'prom-client';
import type { Batch } from '#libs/delivery/batch.ts';
import type { DeliveryObserver } from '#libs/delivery/runParts.ts';
import { DeliveryLog } from '#libs/deliveryLog/deliveryLog.ts';
import { LogExpiry } from '#libs/deliveryLog/logExpiry.ts';
import { LogSecrets } from '#libs/deliveryLog/logSecrets.ts';
import { LogStore } from '#libs/deliveryLog/logStore.ts';
import type { BacklogSink } from '#libs/router/backlogSink.ts';
import type { Metrics } from '#libs/runtime/metrics.ts';
import type { Database } from '#libs/store/database.ts';
import type { WorkerParts } from './services.ts';

/** How much of the time that is left a stop spends on writing what waits. */
const WRITING_SHARE = 0.3;

/**
 * Starts the delivery log, which keeps what the router and the delivery tell it; null when it is turned off. To be
 * started before both, so that it stops after them.
 */
export function startDeliveryLog(
  parts: WorkerParts & { database: Database; metrics: Metrics; clock: () => number },
): DeliveryLog | null {
  const { config, logger, lifecycle, database, metrics, clock } = parts;
  const { deliveryLogDays: days } = config;
  const expiry = new LogExpiry({ database, days, logger });
  expiry.start();
  lifecycle.add('expiry of the delivery log', () => expiry.close());
  if (days === 0) return null;
  const dropped = new Counter({
    name: 'postrider_delivery_log_dropped_total',
    help: 'Rows and counters of the delivery log that were never written',
    registers: [metrics.registry],
  });
  const log = new DeliveryLog({
    store: new LogStore({ database, clock }),
    secrets: new LogSecrets(config),
    logger,
    clock,
    random: Math.random,
    onDropped: (count) => dropped.inc(count),
  });
  log.start();
  lifecycle.add('delivery log', (leftMs) => log.close(leftMs * WRITING_SHARE));
  return log;
}

/** An observer that tells the log as well. */
export function logging(log: DeliveryLog | null, observer: DeliveryObserver): DeliveryObserver {
  if (!log) return observer;
  return {
    transmitted(transmission) {
      const { webhook, at, outcome, batch } = transmission;
      const { events, attemptMin, attemptMax } = batch;
      const jsons = batch.units.map(({ alive }) => alive.json);
      const counts = { events, attemptMin, attemptMax };
      const batchKey = batchKeyOf(batch);
      log.transmitted({ webhookId: webhook.id, at, outcome, ...counts, jsons, batchKey });
      observer.transmitted(transmission);
    },
    discarded(webhookId, events, reason) {
      log.discarded(
        webhookId,
        [...events.values()].reduce((sum, count) => sum + count, 0),
      );
      observer.discarded(webhookId, events, reason);
    },
  };
}

/** Units lie in one order, and what is between two of them can only become less. */
function batchKeyOf({ units, events }: Batch): string {
  return `${units[0]?.pending.id} ${units.at(-1)?.pending.id} ${units.length} ${events}`;
}

/** A sink that tells the log what it took. */
export function counting(log: DeliveryLog | null, sink: BacklogSink): BacklogSink {
  if (!log) return sink;
  return {
    async append(chunks, options) {
      await sink.append(chunks, options);
      for (const { webhookId, events } of chunks) log.received(webhookId, events.length);
    },
  };
}
