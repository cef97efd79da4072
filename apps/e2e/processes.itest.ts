import { afterEach, describe, expect, it } from '@jest/globals';
import { SETTINGS } from '#libs/config/settings.ts';
import { makeEvent } from '#libs/testing/fixtures.ts';
import { send } from '../api/tests/httpClient.ts';
import { Fleet } from './fleet.ts';
import { numbered, numbersOf, range } from './numbered.ts';
import { migratedSettings, OPERATOR, ownSettings } from './settings.ts';

/** Far below the 25 s that a process may take to stop. */
const SOON_MS = 15_000;
/** Below the lock of a job that was left to stall. */
const HANDED_BACK_MS = 9_000;
/** Events under load. */
const ON_THEIR_WAY = 500;

let fleet: Fleet;
afterEach(() => fleet.stop());

describe('The processes', () => {
  it('several migrate at once: one does it, all are content', async () => {
    fleet = new Fleet(await ownSettings());
    const all = Array.from({ length: 4 }, () => fleet.start('migrate'));
    expect(await Promise.all(all.map((each) => each.ended()))).toEqual([0, 0, 0, 0]);
    expect(all.filter(({ stdout }) => stdout.includes('Applied migration')).length).toBe(1);
    for (const { stdout, stderr } of all) {
      expect(stdout).toContain('The database is up to date');
      expect(stderr).toBe('');
    }
    const api = fleet.start('api');
    const { port } = await api.logged('Ready');
    const list = await send(Number(port), { method: 'GET', path: '/rest/1/webhooks', auth: OPERATOR });
    expect(list).toMatchObject({ status: 200, body: [] });
    expect(await api.stop()).toBe(0);
  });

  it.each(['api', 'worker', 'migrate'] as const)(
    'a bad environment ends the %s with code 2 and every problem at once, no secret among them',
    async (app) => {
      fleet = new Fleet(Object.fromEntries(SETTINGS.map(({ name }) => [name, `-%-${name}-VALUE-%-`])));
      const program = fleet.start(app);
      expect(await program.ended()).toBe(2);
      const { stderr, stdout } = program;
      expect(SETTINGS.filter(({ name }) => !stderr.includes(`\n  ${name}`))).toEqual([]);
      expect(SETTINGS.filter(({ name, secret }) => secret && stderr.includes(`${name}-VALUE`))).toEqual([]);
      expect(stderr).not.toContain('    at ');
      expect(stdout).toBe('');
    },
  );

  it('SIGTERM in the middle of the work ends a worker with code 0 in time, and nothing is lost or sent twice', async () => {
    fleet = new Fleet(await migratedSettings());
    const { customer, publisher, clientId } = await fleet.subscribe();
    customer.script(() => ({ delayMs: 20 }));
    const first = await fleet.startWorker();
    await publisher.publish(numbered(3_000, { clientId }));
    await customer.waitForRequests(5);
    const began = performance.now();
    expect(await first.stop()).toBe(0);
    expect(performance.now() - began).toBeLessThan(SOON_MS);
    expect(customer.acceptedEvents().length).toBeLessThan(3_000);
    await first.logged('Stopped');

    await fleet.startWorker();
    const events = await customer.waitForAccepted(3_000);
    expect(new Set(numbersOf(events))).toEqual(new Set(range(1, 3_000)));
    expect(events.length).toBe(3_000);
  });

  it('SIGTERM while targets hang gives up what they owe, and ends with code 0 within SHUTDOWN_TIMEOUT_MS', async () => {
    fleet = new Fleet({
      ...(await migratedSettings()),
      SHUTDOWN_TIMEOUT_MS: '4000',
      RETRY_INTERVAL_MS: '100',
    });
    const { customer, publisher, clientId } = await fleet.subscribe();
    // The first transmission fails, so that the one that hangs is one of the lane of retries.
    const failing = await fleet.subscribe();
    customer.script([{ instead: 'hang' }]);
    failing.customer.script([{ status: 500 }, { instead: 'hang' }]);
    const worker = await fleet.startWorker();
    await publisher.publish([makeEvent({ clientId }), makeEvent({ clientId: failing.clientId })]);
    await Promise.all([customer.waitForRequests(1), failing.customer.waitForRequests(2)]);
    const began = performance.now();
    expect(await worker.stop()).toBe(0);
    expect(performance.now() - began).toBeLessThan(4_000 + SOON_MS);
    await worker.logged('Stopped');

    // Handed back at once, not left to stall; and what was given up was no failed attempt.
    await fleet.startWorker();
    expect(await customer.waitForAccepted(1, HANDED_BACK_MS)).toMatchObject([{ attempt: 1 }]);
    expect(await failing.customer.waitForAccepted(1, HANDED_BACK_MS)).toMatchObject([{ attempt: 2 }]);
  });

  it('a rolling restart of all workers under load loses nothing and sends nothing twice', async () => {
    fleet = new Fleet(await migratedSettings());
    const { customer, publisher, clientId } = await fleet.subscribe();
    customer.script(() => ({ delayMs: 10 }));
    const workers = [await fleet.startWorker(), await fleet.startWorker(), await fleet.startWorker()];
    let published = 0;
    let rolling = true;
    const producing = (async () => {
      while (rolling) {
        await publisher.publish(numbered(100, { clientId, first: published + 1 }));
        published += 100;
        // There is always something on its way, and never more than the workers can do.
        await customer.waitForAccepted(published - ON_THEIR_WAY);
      }
    })();
    for (const old of workers) {
      await fleet.startWorker();
      const seen = customer.requests.length;
      await customer.waitForRequests(seen + 10);
      expect(await old.stop()).toBe(0);
    }
    rolling = false;
    await producing;
    const events = await customer.waitForAccepted(published, 60_000);
    expect(new Set(numbersOf(events))).toEqual(new Set(range(1, published)));
    expect(events.length).toBe(published);
  }, 120_000);
});
