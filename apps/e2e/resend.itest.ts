import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FaultyProxy } from '#libs/store/tests/faultyProxy.ts';
import type { Customer, ReceivedEvent } from '#libs/testing/customer.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { type Answer, send } from '../api/tests/httpClient.ts';
import { metric, readMetrics } from './metrics.ts';
import { numbered, numbersOf, range } from './numbered.ts';
import { type ActivatedWebhook, type Platform, startPlatform } from './platform.ts';
import { migratedSettings, OPERATOR } from './settings.ts';

const TTL_MS = 2_000;
const SETTINGS = { EVENT_TTL_MS: String(TTL_MS), RETRY_INTERVAL_MS: '150', ARCHIVE_DAYS: '1' };

let mysql: FaultyProxy;
let platform: Platform;
beforeAll(async () => {
  const settings = await migratedSettings();
  mysql = await FaultyProxy.inFrontOf(settings.DATABASE_URL, 3306);
  platform = await startPlatform({ ...settings, ...SETTINGS, DATABASE_URL: mysql.url });
});
afterAll(async () => {
  await platform.stop();
  await mysql.cut();
});

function call({ clientId, id }: ActivatedWebhook, what: string, json?: unknown): Promise<Answer> {
  const path = `/rest/${clientId}/webhooks/${id}/${what}`;
  const method = json === undefined ? 'GET' : 'POST';
  return send(platform.apiPort, { auth: OPERATOR, method, path, ...(json === undefined ? {} : { json }) });
}

async function resend(webhook: ActivatedWebhook, json: object): Promise<number> {
  const answer = await call(webhook, 'resend', json);
  expect(answer.status).toBe(202);
  return answer.body.events;
}

interface Discarded {
  readonly events: number;
  readonly oldest: string;
  readonly newest: string;
}

/** Waits until so many discarded events are kept, and returns their chunks. */
function untilKept(webhook: ActivatedWebhook, events: number): Promise<readonly Discarded[]> {
  return waitUntil(
    async () => {
      const { status, body } = await call(webhook, 'discarded?limit=1000');
      if (status !== 200) return false;
      const items: Discarded[] = body.items;
      const kept = items.reduce((sum, each) => sum + each.events, 0);
      return kept === events && (items.length > 0 ? items : [NOTHING]);
    },
    { what: `${events} discarded events that are kept` },
  );
}

const NOTHING: Discarded = { events: 0, oldest: '', newest: '' };

const everything = () => ({ from: '2020-01-01T00:00:00Z', to: new Date(Date.now() + 60_000).toISOString() });

/** All POSTs of one event, oldest first. */
function triesOf({ requests }: Customer, n: number) {
  return requests.flatMap(({ body }) => {
    const event = (body as ReceivedEvent[]).find((each) => each.n === n);
    return event ? [{ attempt: event.attempt, created: event.created }] : [];
  });
}

describe('what was discarded', () => {
  it('is listed, and resent by time it starts anew: attempt 1, and its whole time to live', async () => {
    const customer = await platform.customer(() => ({ status: 500 }));
    const webhook = await platform.activated({ customer });
    const created = Date.now();
    await platform.publisher.publish(numbered(250, { ...webhook.match, created }));
    const chunks = await untilKept(webhook, 250);
    const time = new Date(created).toISOString();
    for (const { oldest, newest } of chunks)
      expect({ oldest, newest }).toEqual({ oldest: time, newest: time });
    expect(JSON.stringify(chunks)).not.toContain('@');

    const before = triesOf(customer, 1).length;
    const resentAt = Date.now();
    const to = new Date(created + 1).toISOString();
    expect(await resend(webhook, { from: to, to: new Date(created + 2).toISOString() })).toBe(0);
    expect(await resend(webhook, { from: time, to })).toBe(250);
    expect(await resend(webhook, { from: time, to })).toBe(0);
    await untilKept(webhook, 250);
    const tries = triesOf(customer, 1).slice(before);
    expect(tries.map(({ attempt }) => attempt)).toEqual(range(1, tries.length));
    expect(tries.every((each) => each.created === created)).toBe(true);
    // Long after the events' first deadline. Not each try carries the first event.
    expect(customer.requests.at(-1)?.at ?? 0).toBeGreaterThan(resentAt + TTL_MS / 2);

    customer.script([]);
    expect(await resend(webhook, { ...everything(), outcome: 'discarded' })).toBe(250);
    const accepted = await customer.waitForAccepted(250);
    expect(numbersOf(accepted).toSorted((a, b) => Number(a) - Number(b))).toEqual(range(1, 250));
    expect(accepted.every(({ attempt }) => attempt === 1)).toBe(true);
    await untilKept(webhook, 0);
  });

  it('is resent by the ids of the events, and what was not asked for stays', async () => {
    const customer = await platform.customer(() => ({ status: 500 }));
    const webhook = await platform.activated({ customer, type: 'click' });
    const events = numbered(30, webhook.match);
    await platform.publisher.publish(events);
    await untilKept(webhook, 30);
    customer.script([]);
    const eventIds = [events[3]?.id, events[17]?.id, 'nobody has this id'];
    expect(await resend(webhook, { eventIds })).toBe(2);
    expect(numbersOf(await customer.waitForAccepted(2)).toSorted()).toEqual([18, 4]);
    await untilKept(webhook, 28);
    expect(await resend(webhook, { eventIds, outcome: 'discarded' })).toBe(0);
  });

  it('is kept of a webhook that is not activated, too, and resent once it is', async () => {
    const customer = await platform.customer(() => ({ status: 500 }));
    const webhook = await platform.activated({ customer, type: 'bounce' });
    await platform.publisher.publish(numbered(3, webhook.match));
    await customer.waitForRequests(1);
    await platform.api.deactivate(webhook);
    const deactivatedAt = Date.now();
    await waitUntil(() => Date.now() > deactivatedAt + TTL_MS, { what: 'their time is over' });
    expect((await call(webhook, 'resend', everything())).status).toBe(400);
    await platform.api.activate(webhook);
    await untilKept(webhook, 3);
    customer.script([]);
    expect(await resend(webhook, everything())).toBe(3);
    expect(numbersOf(await customer.waitForAccepted(3)).toSorted()).toEqual([1, 2, 3]);
  });

  it('waits while MySQL is away, holds up nobody, and is kept afterwards', async () => {
    const dead = await platform.customer(() => ({ status: 500 }));
    const healthy = await platform.customer();
    const failing = await platform.activated({ customer: dead, type: 'unsubscribe' });
    const other = await platform.activated({ customer: healthy, type: 'sent' });
    // Known to the workers before MySQL goes.
    await platform.publisher.publish([
      ...numbered(1, { ...failing.match, first: 0 }),
      ...numbered(1, { ...other.match, first: 0 }),
    ]);
    await dead.waitForRequests(1);
    await healthy.waitForAccepted(1);
    await mysql.cut();
    try {
      await platform.publisher.publish(numbered(500, failing.match));
      const discarded = async () =>
        metric(await readMetrics(platform.workerPort), 'postrider_events_discarded_total', {
          type: 'unsubscribe',
          reason: 'expired',
        });
      await waitUntil(async () => (await discarded()) === 501, { what: 'all are discarded' });
      // Behind those that were discarded.
      await platform.publisher.publish(numbered(5, { ...failing.match, first: 501 }));
      dead.script([]);
      expect(numbersOf(await dead.waitForAccepted(5))).toEqual(range(501, 505));
      await platform.publisher.publish(numbered(100, other.match));
      await healthy.waitForAccepted(101);
    } finally {
      await mysql.pass();
    }
    await untilKept(failing, 501);
    expect(await resend(failing, { ...everything(), outcome: 'discarded' })).toBe(501);
    const accepted = numbersOf(await dead.waitForAccepted(506));
    expect(new Set(accepted)).toEqual(new Set(range(0, 505)));
    expect(accepted).toHaveLength(506);
    const { body } = await call(failing, 'audit');
    expect(body.items[0]).toMatchObject({ action: 'resent' });
  });
});

describe('what was delivered', () => {
  it('is kept for ARCHIVE_DAYS, not listed as discarded, and resent when it is asked for', async () => {
    const customer = await platform.customer();
    const webhook = await platform.activated({ customer, type: 'archive' });
    await platform.publisher.publish(numbered(120, webhook.match));
    await customer.waitForAccepted(120);
    expect(await resend(webhook, { ...everything(), outcome: 'discarded' })).toBe(0);
    const again: number[] = [];
    await waitUntil(
      async () => {
        again.push(await resend(webhook, { ...everything(), outcome: 'delivered' }));
        return again.reduce((sum, events) => sum + events, 0) >= 120;
      },
      { what: 'all that was archived is resent' },
    );
    const accepted = await customer.waitForAccepted(240);
    expect(new Set(numbersOf(accepted.slice(120)))).toEqual(new Set(range(1, 120)));
    await untilKept(webhook, 0);
  });
});

describe('what waits for a webhook that is deleted', () => {
  it('is not kept, but counted, by the API', async () => {
    const dropped = async () => {
      const labels = { type: 'singleoptin', reason: 'deleted' };
      return metric(await readMetrics(platform.apiPort), 'postrider_events_discarded_total', labels);
    };
    const customer = await platform.customer(() => ({ instead: 'hang' }));
    const webhook = await platform.activated({ customer, type: 'singleoptin' });
    expect(await dropped()).toBe(0);
    await platform.publisher.publish(numbered(40, { ...webhook.match, created: Date.now() + 60_000 }));
    await platform.queues.routed('singleoptin');
    await platform.api.deactivate(webhook);
    await platform.api.remove(webhook);
    await waitUntil(async () => (await dropped()) === 40, { what: '40 are counted' });
    expect((await call(webhook, 'discarded')).status).toBe(404);
  });
});
