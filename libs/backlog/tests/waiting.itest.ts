import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chunk, GRACE_MS, openBacklog } from './backlogFixture.ts';

let fixture: ReturnType<typeof openBacklog>;
beforeAll(() => {
  fixture = openBacklog({ shards: 2 });
});
afterAll(() => fixture.close());

describe('who waits', () => {
  it('is overdue, the longest first, once its run should have begun', async () => {
    const { backlog, waiting, time } = fixture;
    for (const webhookId of [2, 4, 6, 7]) {
      await backlog.append([{ webhookId, chunks: [chunk('a', { events: webhookId, created: webhookId })] }]);
      time.now += 1_000;
    }
    const due = time.now - 4_000 + GRACE_MS;
    expect(await waiting.overdue(0, due - 1, 10)).toEqual([]);
    expect(await waiting.overdue(0, due + 1_000, 10)).toEqual([2, 4]);
    expect(await waiting.overdue(0, due + 60_000, 2)).toEqual([2, 4]);
    expect(await waiting.overdue(1, due + 60_000, 10)).toEqual([7]);

    await backlog.begin(4, { lane: 'deliveries', run: 'run' });
    await waiting.lookAgainAt(2, due + 70_000);
    expect(await waiting.overdue(0, due + 60_000, 10)).toEqual([6, 4]);
  });

  it('is counted over all shards', async () => {
    const { waiting, time } = fixture;
    expect(await waiting.totals(0)).toEqual({ events: 19, oldestClock: 2, overdueWebhooks: 0 });
    expect(await waiting.totals(time.now + GRACE_MS)).toMatchObject({ overdueWebhooks: 3 });
    for (const webhookId of [2, 4, 6, 7]) await fixture.backlog.drop(webhookId);
    expect(await waiting.totals(time.now + GRACE_MS)).toEqual({
      events: 0,
      oldestClock: null,
      overdueWebhooks: 0,
    });
  });

  it('is in the lane of deliveries unless something is known against it', async () => {
    expect(await fixture.waiting.lane(99)).toBe('deliveries');
  });
});
