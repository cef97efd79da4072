import { countTypes } from '#libs/delivery/batch.ts';
import type { DeliveryObserver } from '#libs/delivery/runParts.ts';
import { httpStatusCode, transmissionError } from '#libs/domain/outcome.ts';
import type { Logger } from '#libs/logging/logger.ts';
import type { RouterObserver } from '#libs/router/routeJob.ts';
import type { Metrics } from '#libs/runtime/metrics.ts';

/** Counts and logs what the router does. */
export function observeRouter(metrics: Metrics): RouterObserver {
  return {
    received: (type, events) => metrics.eventsReceived.inc({ type }, events),
    rejected: (type, events) => metrics.eventsRejected.inc({ type }, events),
  };
}

/** Counts and logs what the delivery does: one wide line per batch, with neither address nor credential. */
export function observeDeliveries(parts: {
  metrics: Metrics;
  logger: Logger;
  clock: () => number;
  onTransmission: () => void;
  onDiscard: (webhookId: number, events: number) => void;
}): DeliveryObserver {
  const { metrics, logger, clock, onTransmission, onDiscard } = parts;
  return {
    transmitted({ webhook, lane, batch, outcome, bodyBytes }) {
      onTransmission();
      const accepted = outcome.kind === 'accepted';
      metrics.transmissions.inc({ outcome: accepted ? 'delivered' : 'failed' });
      metrics.transmissionSeconds.observe(outcome.durationMs / 1_000);
      metrics.batchEvents.observe(batch.events);
      if (accepted) {
        const now = clock();
        const chunks = batch.units.map(({ alive }) => alive);
        for (const [type, count] of countTypes(chunks)) metrics.eventsDelivered.inc({ type }, count);
        for (const eventClock of chunks.flatMap(({ clocks }) => clocks)) {
          metrics.eventAgeSeconds.observe(Math.max(0, now - eventClock) / 1_000);
        }
      }
      logger.info(accepted ? 'Batch delivered' : 'Batch failed', {
        webhookId: webhook.id,
        clientId: webhook.clientId,
        type: webhook.type,
        lane,
        events: batch.events,
        attemptMin: batch.attemptMin,
        attemptMax: batch.attemptMax,
        httpStatusCode: httpStatusCode(outcome),
        error: transmissionError(outcome),
        ...('message' in outcome ? { reason: outcome.message } : {}),
        durationMs: Math.round(outcome.durationMs),
        bodyBytes,
      });
    },
    discarded(webhookId, events, reason) {
      for (const [type, count] of events) {
        metrics.eventsDiscarded.inc({ type, reason }, count);
        if (reason === 'expired') onDiscard(webhookId, count);
      }
      logger.warn('Events discarded', { webhookId, reason, events: Object.fromEntries(events) });
    },
  };
}
