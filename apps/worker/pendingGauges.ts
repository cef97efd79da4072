import type { Waiting } from '#libs/backlog/waiting.ts';
import type { Metrics } from '#libs/runtime/metrics.ts';

/** What waits, asked for when somebody reads the metrics. Every worker tells the same: it is the whole system's. */
export function addPendingGauges(metrics: Metrics, waiting: Waiting, clock: () => number): void {
  metrics.gauge('postrider_pending_events', 'Events that wait for delivery', async () => {
    return (await waiting.totals(clock())).events;
  });
  const about = 'Age of the oldest event at the head of a backlog';
  metrics.gauge('postrider_oldest_pending_seconds', about, async () => {
    const { oldestClock } = await waiting.totals(clock());
    return oldestClock === null ? 0 : Math.max(0, clock() - oldestClock) / 1_000;
  });
}
