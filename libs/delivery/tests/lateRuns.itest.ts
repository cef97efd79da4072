import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Lane } from '#libs/backlog/lane.ts';
import { contradictions } from '#libs/backlog/tests/inspectBacklog.ts';
import { deliveryRun } from '../deliveryRun.ts';
import { type Delivery, openDelivery } from './deliveryFixture.ts';
import type { FixtureWebhook } from './fixtureWebhook.ts';
import { eventsOf, range, taken } from './numbered.ts';

/** No worker: the tests let runs begin and wake up late as BullMQ's locks prevent it, but for a pause of a process. */
let delivery: Delivery;
beforeAll(async () => {
  delivery = await openDelivery({ settings: { retryIntervalMs: 1, retryMaxIntervalMs: 1 } });
});
afterAll(() => delivery.close());

let runs = 0;
const startRun = ({ id }: FixtureWebhook, lane: Lane = 'deliveries') =>
  deliveryRun(delivery.run, {
    webhookId: id,
    lane,
    run: `run-${++runs}`,
    slot: { whileWaiting: (answer) => answer },
    sliceEndsAt: Date.now() + 60_000,
    stopping: new AbortController().signal,
  });

/** `count` batches, and a run that waits for the answer to the first until `answer` is called. */
async function stalledRun(count: number) {
  const held = Promise.withResolvers<{ status: number }>();
  const arrived = Promise.withResolvers<void>();
  const webhook = await delivery.webhook((_, index) => {
    if (index > 0) return {};
    arrived.resolve();
    return held.promise;
  });
  for (let first = 1; first <= count * 100; first += 100) await webhook.append(range(first, first + 99));
  const run = startRun(webhook);
  await arrived.promise;
  return {
    webhook,
    async answer(status: number) {
      held.resolve({ status });
      return run;
    },
  };
}

const sorted = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);

async function expectEmpty({ id }: FixtureWebhook) {
  const contents = await delivery.contents(id);
  expect(contradictions(contents)).toEqual([]);
  expect(contents).toMatchObject({ units: [], pending: null, attempts: {} });
}

describe('a run that stalls in its POST while another begins', () => {
  it.each([200, 500])(
    'costs a second copy of that batch at worst, also when the answer is %i',
    async (status) => {
      const { webhook, answer } = await stalledRun(3);
      expect(await startRun(webhook)).toEqual({ kind: 'done' });
      expect(await answer(status)).toEqual({ kind: 'done' });
      await expectEmpty(webhook);
      expect(sorted(taken(webhook.customer))).toEqual(
        sorted([...range(1, 300), ...(status === 200 ? range(1, 100) : [])]),
      );
      expect(await delivery.waiting.lane(webhook.id)).toBe('deliveries');
    },
  );

  it('sends nothing more when it wakes up, though much waits', async () => {
    const { webhook, answer } = await stalledRun(5);
    webhook.customer.script([{ status: 500 }]);
    expect(await startRun(webhook)).toMatchObject({ kind: 'handOver', lane: 'retries' });
    const { requests } = webhook.customer;
    const before = requests.length;
    expect(await answer(200)).toEqual({ kind: 'done' });
    expect(requests).toHaveLength(before + 1);
    // The first batch is delivered, the others are what the other run goes on with.
    expect((await delivery.contents(webhook.id)).pending).toBe(400);
    expect(await startRun(webhook, 'retries')).toMatchObject({ kind: 'handOver', lane: 'deliveries' });
    expect(await startRun(webhook)).toEqual({ kind: 'done' });
    await expectEmpty(webhook);
    expect(sorted(taken(webhook.customer))).toEqual(range(1, 500));
  });

  it('counts no attempt when it fails late: the other run has counted its own', async () => {
    const { webhook, answer } = await stalledRun(1);
    webhook.customer.script(() => ({ status: 503 }));
    await startRun(webhook);
    expect(await answer(500)).toEqual({ kind: 'done' });
    webhook.customer.script([]);
    expect(await startRun(webhook, 'retries')).toMatchObject({ kind: 'handOver' });
    const attempts = webhook.customer.requests.map((request) => eventsOf(request)[0]?.attempt);
    expect(attempts.toSorted()).toEqual([1, 1, 2]);
    await expectEmpty(webhook);
  });

  it('brings nothing back of a webhook that was deleted meanwhile', async () => {
    for (const status of [200, 500]) {
      const { webhook, answer } = await stalledRun(2);
      await webhook.change('deactivate');
      await webhook.change('delete');
      await delivery.backlog.drop(webhook.id);
      expect(await answer(status)).toEqual({ kind: 'done' });
      expect(await delivery.contents(webhook.id)).toMatchObject({ units: [], state: {}, waiting: null });
    }
  });
});

describe('a run in the wrong lane', () => {
  it('sends nothing and passes its turn on', async () => {
    const webhook = await delivery.webhook([{ status: 500 }]);
    await webhook.append([1]);
    expect(await startRun(webhook, 'retries')).toMatchObject({ kind: 'handOver', lane: 'deliveries' });
    expect(webhook.customer.requests).toHaveLength(0);
    await startRun(webhook);
    expect(await startRun(webhook)).toMatchObject({ kind: 'handOver', lane: 'retries' });
    expect(webhook.customer.requests).toHaveLength(1);
  });
});
