import type { PendingTotals, Waiting } from '#libs/backlog/waiting.ts';
import type { Metrics } from '#libs/runtime/metrics.ts';

/** What waits, asked for when somebody reads the metrics. Every worker tells the same: it is the whole system's. */
export function addPendingGauges(
  metrics: Metrics,
  waiting: Pick<Waiting, 'totals'>,
  clock: () => number,
): void {
  let asked: Promise<PendingTotals> | undefined;
  /** All gauges are read at once, and share an answer. */
  const totals = () => {
    asked ??= waiting.totals(clock()).finally(() => {
      asked = undefined;
    });
    return asked;
  };
  metrics.gauge('postrider_pending_events', 'Events that wait for delivery', async () => {
    return (await totals()).events;
  });
  const oldest = 'Age of the oldest event at the head of a backlog';
  metrics.gauge('postrider_oldest_pending_seconds', oldest, async () => {
    const { oldestClock } = await totals();
    return oldestClock === null ? 0 : Math.max(0, clock() - oldestClock) / 1_000;
  });
  const overdue = 'Webhooks whose turn should have come: lost jobs, or workers that do not keep up';
  metrics.gauge('postrider_overdue_webhooks', overdue, async () => (await totals()).overdueWebhooks);
}
