import { describe, expect, it } from '@jest/globals';
import { plan } from './plan.ts';

const LOAD = { eventsPerDay: 1_000_000_000, webhooks: 1_000_000, deadShare: 0.05 };

describe('plan', () => {
  it('keeps two workers and one shard for next to nothing', () => {
    const { workers, shardsForCpu, shardsForMemory } = plan({ eventsPerDay: 1, webhooks: 1, deadShare: 0 });
    expect([workers, shardsForCpu, shardsForMemory]).toEqual([2, 1, 1]);
  });

  it('counts a try of each dead endpoint every 10 seconds, however many events wait', () => {
    expect(plan(LOAD).deadTriesPerSecond).toBe(5_000);
    expect(plan({ ...LOAD, eventsPerDay: 10 * LOAD.eventsPerDay }).deadTriesPerSecond).toBe(5_000);
  });

  it('keeps what waits for dead endpoints for three days', () => {
    expect(plan(LOAD).pendingEvents).toBe(150_000_000);
  });

  it.each(['workers', 'shardsForCpu', 'shardsForMemory'] as const)(
    'never plans fewer %s for more load',
    (what) => {
      const sizes = [1e6, 1e8, 1e10, 1e12].map((eventsPerDay) => plan({ ...LOAD, eventsPerDay })[what]);
      expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
      expect(sizes.at(-1)).toBeGreaterThan(sizes[0] ?? 0);
    },
  );
});
