import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENT_TYPES } from '#libs/domain/eventType.ts';
import { makeEvents } from '#libs/testing/fixtures.ts';
import { send } from '../api/tests/httpClient.ts';
import { metric, readMetrics } from './metrics.ts';
import { type Platform, startPlatform } from './platform.ts';
import { newClientId, OPERATOR } from './settings.ts';

const CLIENT = 'customer:theirs';

let platform: Platform;
beforeAll(async () => {
  const API_CREDENTIALS = `${OPERATOR}@*,${CLIENT}@${newClientId()}`;
  platform = await startPlatform({ API_CREDENTIALS });
});
afterAll(() => platform.stop());

function get(port: number, path: string, auth?: string) {
  return send(port, { method: 'GET', path, ...(auth && { auth }) });
}

describe('Operators (contract §4)', () => {
  it('Bull Board is at /admin/queues, for operator credentials only', async () => {
    const status = async (auth?: string) => (await get(platform.apiPort, '/admin/queues', auth)).status;
    expect(await status()).toBe(401);
    expect(await status('operator:wrong')).toBe(401);
    expect(await status(CLIENT)).toBe(403);
    expect(await status(OPERATOR)).toBe(200);
  });

  it('it shows every queue, and in it what a worker does', async () => {
    const customer = await platform.customer(() => ({ status: 500 }));
    const { match } = await platform.activated({ customer, type: 'click' });
    await platform.queues.events('click').add('click', { events: [...makeEvents(2, match), null] });
    await customer.waitForRequests(1);
    await platform.queues.routed('click');
    const { body } = await get(platform.apiPort, '/admin/queues/api/queues', OPERATOR);
    const counts = Object.fromEntries(
      body.queues.map(({ name, counts: each }: { name: string; counts: unknown }) => [name, each]),
    );
    const names = [...EVENT_TYPES.map((type) => `events-${type}`), 'deliveries', 'retries', 'notices'];
    expect(Object.keys(counts).sort()).toEqual(names.sort());
    expect(counts['events-click']).toMatchObject({ failed: 1, waiting: 0 });
    expect(counts.retries.delayed + counts.retries.active + counts.retries.waiting).toBe(1);
  });

  it.each(['/health/live', '/health/ready'])('%s is on the API and on each worker', async (path) => {
    for (const port of [platform.apiPort, platform.workerPort]) {
      expect(await get(port, path)).toMatchObject({ status: 200, body: { status: 'ok' } });
    }
  });

  it('/metrics is on the API and on each worker', async () => {
    for (const port of [platform.apiPort, platform.workerPort]) {
      expect(metric(await readMetrics(port), 'process_cpu_seconds_total')).toBeGreaterThan(0);
    }
  });

  it('the metrics of a worker have the names of contract §5', async () => {
    const customer = await platform.customer();
    const { match } = await platform.activated({ customer });
    await platform.publisher.publish(makeEvents(3, { ...match, created: Date.now() - 1_000 }));
    await customer.waitForAccepted(3);
    const text = await readMetrics(platform.workerPort);
    const types = Object.fromEntries(
      [...text.matchAll(/^# TYPE (postrider_\w+) (\w+)$/gm)].map(([, ...pair]) => pair),
    );
    expect(types).toEqual({
      postrider_events_received_total: 'counter',
      postrider_events_rejected_total: 'counter',
      postrider_events_delivered_total: 'counter',
      postrider_events_discarded_total: 'counter',
      postrider_events_not_kept_total: 'counter',
      postrider_delivery_log_dropped_total: 'counter',
      postrider_transmissions_total: 'counter',
      postrider_pending_events: 'gauge',
      postrider_oldest_pending_seconds: 'gauge',
      postrider_overdue_webhooks: 'gauge',
      postrider_failing_webhooks: 'gauge',
      postrider_notices_total: 'counter',
      postrider_check_ok: 'gauge',
      postrider_redis_memory_used_bytes: 'gauge',
      postrider_redis_memory_max_bytes: 'gauge',
      postrider_batch_events: 'histogram',
      postrider_transmission_seconds: 'histogram',
      postrider_event_age_seconds: 'histogram',
    });
  });

  it('and exactly the labels of contract §5', async () => {
    const text = await readMetrics(platform.workerPort);
    const labelsOf = (name: string) => {
      const lines = text.split('\n').filter((line) => new RegExp(`^${name}(_bucket)?[{ ]`).test(line));
      expect({ name, lines: lines.length > 0 }).toEqual({ name, lines: true });
      return [...new Set(lines.flatMap((line) => [...line.matchAll(/(\w+)="/g)].map(([, label]) => label)))];
    };
    const expected = {
      postrider_events_received_total: ['type'],
      postrider_events_rejected_total: ['type'],
      postrider_events_delivered_total: ['type'],
      postrider_events_discarded_total: ['type', 'reason'],
      postrider_transmissions_total: ['outcome'],
      postrider_pending_events: [],
      postrider_oldest_pending_seconds: [],
      postrider_batch_events: ['le'],
      postrider_transmission_seconds: ['le'],
      postrider_event_age_seconds: ['le'],
    };
    const found = Object.keys(expected).map((name) => [name, labelsOf(name)]);
    expect(Object.fromEntries(found)).toEqual(expected);
  });

  it('a backlog shows in them: how many events wait, and since when', async () => {
    const customer = await platform.customer(() => ({ status: 500 }));
    const before = metric(await readMetrics(platform.workerPort), 'postrider_pending_events');
    const { match } = await platform.activated({ customer });
    await platform.publisher.publish(makeEvents(150, { ...match, created: Date.now() - 60_000 }));
    await customer.waitForRequests(1);
    const text = await readMetrics(platform.workerPort);
    expect(metric(text, 'postrider_pending_events') - before).toBe(150);
    expect(metric(text, 'postrider_oldest_pending_seconds')).toBeGreaterThanOrEqual(60);
  });
});
