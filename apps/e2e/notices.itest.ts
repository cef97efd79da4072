import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { silentLogger } from '#libs/logging/logger.ts';
import { Lifecycle } from '#libs/runtime/lifecycle.ts';
import { type Customer, startCustomer } from '#libs/testing/customer.ts';
import { makeEvents } from '#libs/testing/fixtures.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { send } from '../api/tests/httpClient.ts';
import { startWorker } from '../worker/worker.ts';
import type { WebhookRef } from './adminClient.ts';
import { metric, readMetrics } from './metrics.ts';
import { type ActivatedWebhook, type Platform, startPlatform, withPlatform } from './platform.ts';
import { OPERATOR } from './settings.ts';

/** Longer than the pause between two looks (5 s). */
const LOOKS_MS = 30_000;
const HOUR_MS = 3_600_000;
/** Longer than a busy machine pauses. */
const SUSPEND_AFTER_MS = 6_000;

interface Told {
  readonly kind: string;
  readonly webhookId: number;
  readonly clientId: number;
}

let receiver: Customer;
beforeAll(async () => {
  receiver = await startCustomer();
});
afterAll(() => receiver.close());

const toldOf = ({ id, clientId }: WebhookRef) =>
  receiver.requests
    .map(({ body }) => body as Told)
    .filter((told) => told.webhookId === id && told.clientId === clientId);

async function untilTold(webhook: WebhookRef, kind: string): Promise<Told> {
  const what = `the notice "${kind}"`;
  return waitUntil(() => toldOf(webhook).find((told) => told.kind === kind), { what, timeoutMs: LOOKS_MS });
}

async function read(platform: Platform, { clientId, id }: WebhookRef, more = '') {
  const path = `/rest/${clientId}/webhooks/${id}${more}`;
  return (await send(platform.apiPort, { method: 'GET', path, auth: OPERATOR })).body;
}

const publish = (platform: Platform, { match }: ActivatedWebhook, count: number) =>
  platform.publisher.publish(makeEvents(count, { ...match, recipientId: 'jane.roe@customer.example' }));

describe('operators are told', () => {
  it('once that a webhook fails and once that it has recovered, with two workers', async () => {
    const settings = { NOTIFY_URL: `${receiver.url}?token=secret-token`, NOTIFY_AFTER_MS: '500' };
    await withPlatform(settings, async (platform) => {
      const lifecycle = new Lifecycle({ logger: silentLogger, deadlineMs: 10_000 });
      const { healthPort } = await startWorker({ config: platform.config, logger: silentLogger, lifecycle });
      try {
        const customer = await platform.customer(() => ({ status: 500, body: 'jane.roe@customer.example' }));
        const failing = await platform.activated({ customer });
        const healthy = await platform.activated({ customer: await platform.customer() });
        await publish(platform, failing, 250);
        await publish(platform, healthy, 250);
        expect(await untilTold(failing, 'failing')).toMatchObject({
          clientId: failing.clientId,
          events: 250,
        });
        const ports = [platform.workerPort, healthPort];
        expect(metric(await readMetrics(healthPort), 'postrider_failing_webhooks')).toBe(1);
        // Looks go on for as long as it fails, and must tell nothing more.
        const tries = customer.requests.length;
        await customer.waitForRequests(tries + 30);
        customer.script([]);
        await untilTold(failing, 'recovered');
        expect(toldOf(failing).map(({ kind }) => kind)).toEqual(['failing', 'recovered']);
        expect(toldOf(healthy)).toEqual([]);
        const all = await Promise.all(ports.map(readMetrics));
        const count = (kind: string) =>
          all.reduce((sum, text) => sum + metric(text, 'postrider_notices_total', { kind }), 0);
        expect([count('failing'), count('recovered'), count('suspended')]).toEqual([1, 1, 0]);
        expect(receiver.requests.map(({ rawBody }) => rawBody).join()).not.toMatch(
          /jane|secret-token|127\.0/,
        );
        expect(JSON.stringify(platform.lines)).not.toContain('secret-token');
      } finally {
        await lifecycle.stop();
      }
    });
  });

  it('once that events are discarded, however many', async () => {
    const settings = { NOTIFY_URL: receiver.url, EVENT_TTL_MS: '1000' };
    await withPlatform(settings, async (platform) => {
      const customer = await platform.customer(() => ({ status: 500 }));
      const webhook = await platform.activated({ customer });
      await publish(platform, webhook, 300);
      await untilTold(webhook, 'discarding');
      await publish(platform, webhook, 200);
      await waitUntil(
        async () => {
          const text = await readMetrics(platform.workerPort);
          return (
            metric(text, 'postrider_events_discarded_total', { type: 'open', reason: 'expired' }) === 500
          );
        },
        { what: 'the discarded events' },
      );
      // It tells what it has not told yet when it stops.
      await platform.stop();
      expect(toldOf(webhook).map(({ kind }) => kind)).toEqual(['discarding']);
    });
  });
});

describe('a webhook with nothing but failures for SUSPEND_AFTER_HOURS', () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await startPlatform({
      NOTIFY_URL: receiver.url,
      SUSPEND_AFTER_HOURS: String(SUSPEND_AFTER_MS / HOUR_MS),
    });
  });
  afterAll(() => platform.stop());

  it('is suspended and tried no more; what waits is kept, and goes out once it is activated by hand', async () => {
    const customer = await platform.customer(() => ({ status: 500 }));
    const webhook = await platform.activated({ customer });
    await publish(platform, webhook, 150);
    await untilTold(webhook, 'suspended');
    expect(await read(platform, webhook)).toMatchObject({ status: 'suspended' });
    const { items } = await read(platform, webhook, '/audit');
    expect(items[0]).toMatchObject({
      action: 'suspended',
      user: 'postrider',
      changes: [{ field: 'status', from: 'activated', to: 'suspended' }],
    });
    const tried = customer.requests.length;
    // What comes now is not collected for it, as for any webhook that is not activated.
    const others = await platform.customer();
    await platform.activated({ customer: others, clientId: webhook.clientId });
    await publish(platform, webhook, 20);
    await others.waitForAccepted(20);
    expect([customer.requests.length, await pending(webhook)]).toEqual([tried, 150]);

    customer.script([]);
    await platform.api.activate(webhook);
    expect(await customer.waitForAccepted(150)).toHaveLength(150);
    expect(toldOf(webhook).map(({ kind }) => kind)).toEqual(['suspended']);
  });

  it('is not, as long as something gets through now and then', async () => {
    const customer = await platform.customer((_, index) => ({ status: index % 3 === 2 ? 200 : 500 }));
    const webhook = await platform.activated({ customer });
    const since = Date.now();
    // One of the looks comes when it would be time.
    for (let i = 1; Date.now() - since < 2 * SUSPEND_AFTER_MS; i += 1) {
      await publish(platform, webhook, 1);
      await customer.waitForAccepted(i);
    }
    expect(await read(platform, webhook)).toMatchObject({ status: 'activated' });
    expect(toldOf(webhook)).toEqual([]);
  });

  async function pending({ id }: WebhookRef): Promise<number> {
    const count = await platform.redis.hget(`{${platform.config.queuePrefix}:shard-0}:pending`, String(id));
    return Number(count ?? 0);
  }
});
