import { afterEach, describe, expect, it } from '@jest/globals';
import { makeEvent } from '#libs/testing/fixtures.ts';
import { Fleet } from './fleet.ts';
import { numbered, numbersOf, range } from './numbered.ts';
import { migratedSettings } from './settings.ts';

const TEST_TIMEOUT_MS = 60_000;
const INTERVAL_MS = 10_000;
/** How much later than due a try may come on a busy machine, and how much timers and Date.now() may differ. */
const LATE_MS = 2_000;
const CLOCK_MS = 5;

let fleet: Fleet;
afterEach(() => fleet.stop());

describe('Events out (contract §3), through processes', () => {
  it('with no setting for it, an export is retried after 10 seconds', async () => {
    fleet = new Fleet(await migratedSettings());
    const { customer, publisher, clientId } = await fleet.subscribe();
    customer.script([{ status: 500 }]);
    await fleet.startWorker();
    await publisher.publish(makeEvent({ clientId }));
    expect(await customer.waitForAccepted(1, 2 * INTERVAL_MS)).toMatchObject([{ attempt: 2 }]);
    const [first = 0, second = 0] = customer.requests.map(({ at }) => at);
    expect(second - first).toBeGreaterThanOrEqual(INTERVAL_MS - CLOCK_MS);
    expect(second - first).toBeLessThan(INTERVAL_MS + LATE_MS);
  });

  it(
    'at least once: an event may come twice after a crash, never zero times',
    async () => {
      fleet = new Fleet({ ...(await migratedSettings()), DELIVERY_TIMEOUT_MS: '2000' });
      const { customer, publisher, clientId } = await fleet.subscribe();
      // The third batch arrives, but the worker dies before it hears the answer.
      customer.script((_request, index) => (index === 2 ? { delayMs: 1_500 } : {}));
      const first = await fleet.startWorker();
      await publisher.publish(numbered(1_000, { clientId }));
      await customer.waitForRequests(3);
      expect(await first.stop('SIGKILL')).toBe('SIGKILL');
      await publisher.publish(numbered(1_000, { clientId, first: 1_001 }));

      await fleet.startWorker();
      const events = await customer.waitForAccepted(2_100, TEST_TIMEOUT_MS);
      expect(new Set(numbersOf(events))).toEqual(new Set(range(1, 2_000)));
      expect(numbersOf(events).filter((n) => Number(n) > 200 && Number(n) <= 300).length).toBe(200);
    },
    TEST_TIMEOUT_MS,
  );
});
