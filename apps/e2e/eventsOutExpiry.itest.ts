import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventType } from '#libs/domain/eventType.ts';
import type { ReceivedEvent } from '#libs/testing/customer.ts';
import { makeEvent, makeEvents } from '#libs/testing/fixtures.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { metric, readMetrics } from './metrics.ts';
import { numbersOf } from './numbered.ts';
import { type Platform, startPlatform } from './platform.ts';

const TTL_MS = 2_000;
/** Between the look at the clock and the POST. */
const SLACK_MS = 500;
const HOUR_MS = 3_600_000;

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform({ EVENT_TTL_MS: String(TTL_MS), RETRY_INTERVAL_MS: '150' });
});
afterAll(() => platform.stop());

async function discarded(type: EventType): Promise<number> {
  const labels = { type, reason: 'expired' };
  return metric(await readMetrics(platform.workerPort), 'postrider_events_discarded_total', labels);
}

async function untilDiscarded(type: EventType, count: number): Promise<void> {
  await waitUntil(async () => (await discarded(type)) >= count, {
    what: `${count} discarded events of ${type}`,
  });
  expect(await discarded(type)).toBe(count);
}

describe('Events out (contract §3): the 72 hours (EVENT_TTL_MS)', () => {
  it("the export is retried until they are over, from the event's own created; then it is discarded, counted and logged", async () => {
    const customer = await platform.customer(() => ({ status: 500 }));
    const { match, id, type } = await platform.activated({ customer, type: 'open' });
    const created = Date.now();
    await platform.publisher.publish(makeEvents(3, { ...match, created }));
    await untilDiscarded('open', 3);

    const tries = customer.requests.map(({ at }) => at);
    expect(tries.length).toBeGreaterThan(3);
    expect(Math.max(...tries)).toBeLessThan(created + TTL_MS + SLACK_MS);
    expect(Math.max(...tries)).toBeGreaterThan(created + TTL_MS / 2);
    const lines = platform.lines.filter(
      ({ message, webhookId }) => message === 'Events discarded' && webhookId === id,
    );
    for (const line of lines) expect(line).toMatchObject({ level: 'warn', reason: 'expired' });
    expect(lines.reduce((sum, { events }) => sum + (events as { open: number }).open, 0)).toBe(3);

    customer.script([]);
    await platform.queues.idle(type, id);
    expect(customer.acceptedEvents()).toEqual([]);
    expect(metric(await readMetrics(platform.workerPort), 'postrider_pending_events')).toBe(0);
  });

  it('an older event in the same batch goes earlier than a younger one', async () => {
    const customer = await platform.customer(() => ({ status: 500 }));
    const { match } = await platform.activated({ customer, type: 'click' });
    const now = Date.now();
    const old = makeEvent({ ...match, n: 'old', created: now - TTL_MS + 700 });
    const young = makeEvent({ ...match, n: 'young', created: now });
    await platform.queues.events('click').add('click', { events: [old, young] });
    const numbers = () => customer.requests.map(({ body }) => numbersOf(body as ReceivedEvent[]).join());
    await waitUntil(() => numbers().includes('young'), { what: 'a try without the old event' });
    customer.script([]);
    expect(numbersOf(await customer.waitForAccepted(1))).toEqual(['young']);
    expect(numbers()[0]).toBe('old,young');
    const lastOld = customer.requests.findLast(({ rawBody }) => rawBody.includes('"old"'));
    expect(lastOld?.at).toBeLessThan(old.created + TTL_MS + SLACK_MS);
    await untilDiscarded('click', 1);
  });

  it('one that is over its time when it arrives is discarded without a try', async () => {
    const customer = await platform.customer();
    const { match, id, type } = await platform.activated({ customer, type: 'sent' });
    const created = Date.now() - TTL_MS - 1;
    const events = [makeEvent({ ...match, n: 'dead', created }), makeEvent({ ...match, n: 'alive' })];
    await platform.queues.events('sent').add('sent', { events });
    await untilDiscarded('sent', 1);
    await platform.queues.idle(type, id);
    expect(customer.requests.map(({ body }) => numbersOf(body as ReceivedEvent[]))).toEqual([['alive']]);
  });

  it('one that was created in the future is delivered at once', async () => {
    const customer = await platform.customer();
    const { match } = await platform.activated({ customer, type: 'bounce' });
    await platform.publisher.publish(makeEvent({ ...match, created: Date.now() + HOUR_MS }));
    expect(await customer.waitForAccepted(1)).toMatchObject([{ attempt: 1 }]);
    expect(await discarded('bounce')).toBe(0);
  });

  it('and tried until its own time is over', async () => {
    const customer = await platform.customer(() => ({ status: 500 }));
    const { match } = await platform.activated({ customer, type: 'unsubscribe' });
    const arrived = Date.now();
    const created = arrived + 1_000;
    await platform.publisher.publish(makeEvent({ ...match, created }));
    await untilDiscarded('unsubscribe', 1);
    const lastTry = customer.requests.at(-1)?.at ?? 0;
    expect(lastTry).toBeGreaterThan(arrived + TTL_MS);
    expect(lastTry).toBeLessThan(created + TTL_MS + SLACK_MS);
  });

  it('what waits for a reactivation waits no longer than that', async () => {
    const customer = await platform.customer([{ status: 500 }]);
    const { match, ...webhook } = await platform.activated({ customer, type: 'spamcomplaint' });
    const created = Date.now();
    const old = makeEvent({ ...match, n: 'old', created });
    const young = makeEvent({ ...match, n: 'young', created: created + HOUR_MS });
    await platform.queues.events('spamcomplaint').add('spamcomplaint', { events: [old, young] });
    await customer.waitForRequests(1);
    await platform.api.deactivate(webhook);
    await waitUntil(() => Date.now() > created + TTL_MS, { what: 'the time of the old event is over' });
    await platform.api.activate(webhook);
    expect(numbersOf(await customer.waitForAccepted(1))).toEqual(['young']);
    await untilDiscarded('spamcomplaint', 1);
  });
});
