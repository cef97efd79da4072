import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer, Customer, ReceivedEvent } from '#libs/testing/customer.ts';
import { makeEvent } from '#libs/testing/fixtures.ts';
import { numbered, numbersOf, range } from './numbered.ts';
import { type Platform, startPlatform } from './platform.ts';

const INTERVAL_MS = 200;
/** How much later than due a try may come on a busy machine, and how much timers and Date.now() may differ. */
const LATE_MS = 2_000;
const CLOCK_MS = 5;

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform({ RETRY_INTERVAL_MS: String(INTERVAL_MS) });
});
afterAll(() => platform.stop());

function times<T>(count: number, value: T): T[] {
  return Array.from({ length: count }, () => value);
}

/** The time between a try and the next. */
function gaps({ requests }: Customer): number[] {
  return requests.slice(1).map(({ at }, index) => at - (requests[index]?.at ?? 0));
}

function bodies({ requests }: Customer): ReceivedEvent[][] {
  return requests.map(({ body }) => body as ReceivedEvent[]);
}

describe('Events out (contract §3): retries', () => {
  it('the export is retried every RETRY_INTERVAL_MS, and attempt counts from 1', async () => {
    const customer = await platform.customer(times(5, { status: 500 }));
    const { match } = await platform.activated({ customer });
    await platform.publisher.publish(makeEvent(match));
    await customer.waitForAccepted(1);
    expect(bodies(customer).map(([event]) => event?.attempt)).toEqual([1, 2, 3, 4, 5, 6]);
    for (const gap of gaps(customer)) {
      expect(gap).toBeGreaterThanOrEqual(INTERVAL_MS - CLOCK_MS);
      expect(gap).toBeLessThan(INTERVAL_MS + LATE_MS);
    }
  });

  it('one POST an interval, however many events wait', async () => {
    const customer = await platform.customer(times(4, { instead: 'reset' }));
    const { match } = await platform.activated({ customer });
    await platform.publisher.publish(numbered(3_000, match));
    expect(new Set(numbersOf(await customer.waitForAccepted(3_000)))).toEqual(new Set(range(1, 3_000)));
    for (const gap of gaps(customer).slice(0, 4)) expect(gap).toBeGreaterThanOrEqual(INTERVAL_MS - CLOCK_MS);
  });

  it('events with different attempt numbers may share a batch', async () => {
    const customer = await platform.customer(times(2, { status: 503 }));
    const { match } = await platform.activated({ customer });
    await platform.publisher.publish(makeEvent({ ...match, n: 1 }));
    await customer.waitForRequests(1);
    await platform.publisher.publish(makeEvent({ ...match, n: 2 }));
    await customer.waitForRequests(2);
    await platform.publisher.publish(makeEvent({ ...match, n: 3 }));
    await customer.waitForAccepted(3);
    const seen = bodies(customer).map((events) => events.map(({ n, attempt }) => [n, attempt]));
    expect(seen.slice(0, 2)).toEqual([
      [[1, 1]],
      [
        [1, 2],
        [2, 1],
      ],
    ]);
    // The third try may hold all three, or look first whether the target takes what it never refused.
    expect(seen.slice(2).flat().sort()).toEqual([
      [1, 3],
      [2, 2],
      [3, 1],
    ]);
  });

  it('an attempt is counted for the events of a failed batch only', async () => {
    const customer = await platform.customer([{ status: 500 }]);
    const { match } = await platform.activated({ customer });
    await platform.queues.events('open').add('open', { events: numbered(150, match) });
    const events = await customer.waitForAccepted(150);
    expect(events.map(({ attempt }) => attempt)).toEqual([...times(100, 2), ...times(50, 1)]);
  });

  it('events go out oldest first while the target is healthy', async () => {
    const customer = await platform.customer(() => ({ delayMs: 10 }));
    const { match } = await platform.activated({ customer });
    // Jobs that wait in the queue at the same moment are routed side by side: which of them is older is anybody's guess.
    for (let first = 1; first <= 1_000; first += 40) {
      await platform.queues.events('open').add('open', { events: numbered(40, { ...match, first }) });
      await platform.queues.routed('open');
    }
    expect(numbersOf(await customer.waitForAccepted(1_000))).toEqual(range(1, 1_000));
    expect(customer.maxInFlight).toBe(1);
  });

  it('and after an outage again', async () => {
    const customer = await platform.customer(times(2, { instead: 'reset' }));
    const { match } = await platform.activated({ customer });
    await platform.publisher.publish(numbered(300, match));
    await customer.waitForRequests(2);
    await platform.publisher.publish(numbered(250, { ...match, first: 301 }));
    expect(numbersOf(await customer.waitForAccepted(550))).toEqual(range(1, 550));
  });

  it('an event that the target refuses for ever does not hold up the others', async () => {
    const isPoison = (body: unknown) => (body as ReceivedEvent[]).some(({ n }) => n === 42);
    const customer = await platform.customer(({ body }) => (isPoison(body) ? { status: 422 } : {}));
    const { match, ...webhook } = await platform.activated({ customer });
    await platform.publisher.publish(numbered(500, match));
    const others = range(1, 500).filter((n) => n !== 42);
    const events = await customer.waitForAccepted(others.length);
    expect(new Set(numbersOf(events))).toEqual(new Set(others));
    await platform.api.deactivate(webhook);
  });
});

describe('Events out (contract §3): RETRY_MAX_INTERVAL_MS', () => {
  const BASE_MS = 100;
  const MAX_MS = 1_200;
  let patient: Platform;
  beforeAll(async () => {
    patient = await startPlatform({
      RETRY_INTERVAL_MS: String(BASE_MS),
      RETRY_MAX_INTERVAL_MS: String(MAX_MS),
    });
  });
  afterAll(() => patient.stop());

  async function gapsOf(on: Platform, script: readonly Answer[]): Promise<number[]> {
    const customer = await on.customer(script);
    const { match } = await on.activated({ customer });
    await on.publisher.publish(makeEvent(match));
    await customer.waitForAccepted(1);
    return gaps(customer);
  }

  it('above RETRY_INTERVAL_MS it makes exponential backoff with jitter up to that bound', async () => {
    const found = await gapsOf(patient, times(5, { status: 500 }));
    // Each wait is between half of the doubled interval and the whole; never below the first, nor above the bound.
    for (const [failures, gap] of found.entries()) {
      const whole = Math.min(MAX_MS, BASE_MS * 2 ** failures);
      expect(gap).toBeGreaterThanOrEqual(Math.max(BASE_MS, whole / 2) - CLOCK_MS);
      expect(gap).toBeLessThan(whole + LATE_MS);
    }
  });

  it.each([429, 503])('and then a Retry-After on %i is honoured', async (status) => {
    const [gap] = await gapsOf(patient, [{ status, headers: { 'retry-after': '1' } }]);
    expect(gap).toBeGreaterThanOrEqual(1_000 - CLOCK_MS);
  });

  it('also one that is a date', async () => {
    const date = new Date(Date.now() + 60_000).toUTCString();
    const [gap] = await gapsOf(patient, [{ status: 503, headers: { 'retry-after': date } }]);
    expect(gap).toBeGreaterThanOrEqual(MAX_MS - CLOCK_MS);
  });

  it('up to the same bound', async () => {
    const [gap] = await gapsOf(patient, [{ status: 429, headers: { 'retry-after': '3600' } }]);
    expect(gap).toBeGreaterThanOrEqual(MAX_MS - CLOCK_MS);
    expect(gap).toBeLessThan(MAX_MS + LATE_MS);
  });

  it('on no other status', async () => {
    const [gap] = await gapsOf(patient, [{ status: 500, headers: { 'retry-after': '3600' } }]);
    expect(gap).toBeLessThan(MAX_MS);
  });

  it('with the fixed interval, the default, a Retry-After changes nothing', async () => {
    const [gap] = await gapsOf(platform, [{ status: 429, headers: { 'retry-after': '3600' } }]);
    expect(gap).toBeGreaterThanOrEqual(INTERVAL_MS - CLOCK_MS);
    expect(gap).toBeLessThan(INTERVAL_MS + LATE_MS);
  });
});
