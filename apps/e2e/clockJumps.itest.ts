import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ReceivedEvent } from '#libs/testing/customer.ts';
import { makeEvent } from '#libs/testing/fixtures.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import type { Program } from './childProcess.ts';
import { Fleet, type Subscription } from './fleet.ts';
import { metric, readMetrics } from './metrics.ts';
import { numbersOf } from './numbered.ts';
import { migratedSettings } from './settings.ts';

const MINUTE_MS = 60_000;
const TTL_MS = 72 * 60 * MINUTE_MS;
const RETRY_MS = 1_000;
/** The interval, two looks of the reconciler, and a busy machine. A clock that is believed costs minutes. */
const NEXT_TRY_WITHIN_MS = 20_000;

let folder: string;
let fleet: Fleet;
let worker: Program;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postrider-clock-'));
  await setClock(0);
  const clock = new URL('./shiftedClock.ts', import.meta.url);
  clock.searchParams.set('offset', join(folder, 'offset'));
  fleet = new Fleet({
    ...(await migratedSettings()),
    RETRY_INTERVAL_MS: String(RETRY_MS),
    NODE_OPTIONS: `--import=${clock.href}`,
  });
  worker = await fleet.startWorker();
});
afterAll(async () => {
  await fleet.stop();
  await rm(folder, { recursive: true });
});

/** The workers' clocks; ours is right. */
async function setClock(offsetMs: number): Promise<void> {
  await writeFile(join(folder, 'next'), String(offsetMs));
  await rename(join(folder, 'next'), join(folder, 'offset'));
}

async function nextTry({ customer }: Subscription): Promise<void> {
  await customer.waitForRequests(customer.requests.length + 2, NEXT_TRY_WITHIN_MS);
}

async function discarded(): Promise<number> {
  const { healthPort } = await worker.logged('Ready');
  const labels = { type: 'open', reason: 'expired' };
  return metric(await readMetrics(Number(healthPort)), 'postrider_events_discarded_total', labels);
}

describe('a clock that jumps', () => {
  it.each([
    ['ahead', 0, 10],
    ['back', 0, -10],
    ['ahead and back', 10, 0],
  ])(
    '%s by minutes costs a failing target no more than its interval',
    async (_name, from, to) => {
      await setClock(from * MINUTE_MS);
      const subscription = await fleet.subscribe();
      const { customer, publisher, clientId } = subscription;
      customer.script(() => ({ status: 500 }));
      await publisher.publish(makeEvent({ clientId }));
      await customer.waitForRequests(2);
      await setClock(to * MINUTE_MS);
      await nextTry(subscription);
      await setClock(0);
      await nextTry(subscription);

      const attempts = customer.requests.map(({ body }) => (body as { attempt: number }[])[0]?.attempt);
      expect(attempts).toEqual(attempts.map((_, index) => index + 1));
      expect(customer.maxInFlight).toBe(1);
      customer.script([]);
      await customer.waitForAccepted(1, NEXT_TRY_WITHIN_MS);
      expect(await discarded()).toBe(0);
    },
    120_000,
  );

  it('costs a healthy one nothing', async () => {
    const { customer, publisher, clientId } = await fleet.subscribe();
    for (const minutes of [0, 10, -10, 0]) {
      await setClock(minutes * MINUTE_MS);
      const accepted = customer.acceptedEvents().length;
      await publisher.publish(makeEvent({ clientId }));
      await customer.waitForAccepted(accepted + 1);
    }
    expect(customer.acceptedEvents().map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1]);
  });

  it("moves the end of an event's 72 hours with it, and of no other", async () => {
    await setClock(0);
    const { customer, publisher, clientId } = await fleet.subscribe();
    customer.script(() => ({ status: 500 }));
    const old = makeEvent({ clientId, n: 'old', created: Date.now() - TTL_MS + 5 * MINUTE_MS });
    await publisher.publish([old, makeEvent({ clientId, n: 'young' })]);
    await customer.waitForRequests(2);
    expect(await discarded()).toBe(0);
    await setClock(10 * MINUTE_MS);
    const numbers = () => numbersOf(customer.requests.at(-1)?.body as ReceivedEvent[]).join();
    await waitUntil(() => numbers() === 'young', { what: 'a try without the old one' });
    customer.script([]);
    expect(await customer.waitForAccepted(1, NEXT_TRY_WITHIN_MS)).toMatchObject([{ n: 'young' }]);
    expect(await discarded()).toBe(1);
  });
});
