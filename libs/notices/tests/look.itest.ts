import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Discards, QUIET_AFTER_MS } from '../discards.ts';
import { look } from '../look.ts';
import { openNotices } from './noticesFixture.ts';

const TIMES = { notifyAfterMs: 60_000, suspendAfterMs: 3_600_000 };

const opened: ReturnType<typeof openNotices>[] = [];
let notices: ReturnType<typeof openNotices>;
beforeEach(() => {
  notices = openNotices(TIMES);
  opened.push(notices);
});
afterAll(() => Promise.all(opened.map((each) => each.close())));

/** As several workers would, at once. */
const lookAll = () => Promise.all([1, 2, 3].map(() => look(notices.look, 0)));

async function failFor(webhookId: number, ms: number): Promise<void> {
  await notices.fail(webhookId);
  notices.time.now += ms;
  await notices.fail(webhookId);
}

describe('a webhook that fails', () => {
  it('is told once it has failed for long enough, once, however often and by however many it is looked at', async () => {
    const id = await notices.webhook();
    await failFor(id, 59_000);
    await lookAll();
    expect(await notices.told()).toEqual([]);
    notices.time.now += 1_000;
    await lookAll();
    notices.time.now += 120_000;
    await notices.fail(id);
    await lookAll();
    expect(await notices.told()).toEqual([`failing ${id}`]);
    const [job] = await notices.notices.queue.getJobs(['wait']);
    expect(job?.data).toEqual({
      kind: 'failing',
      at: 1_060_000,
      since: 1_000_000,
      webhookId: id,
      clientId: 7,
      type: 'open',
      events: 1,
      lastError: 'status 500',
    });
  });

  it('is told once also if whoever told it died before they could', async () => {
    const id = await notices.webhook();
    await failFor(id, 60_000);
    const dies = { add: () => Promise.reject(new Error('killed')) };
    await expect(look({ ...notices.look, queue: dies }, 0)).rejects.toThrow('killed');
    await lookAll();
    expect(await notices.told()).toEqual([`failing ${id}`]);
  });

  it('is told once also if whoever told it died before they could note it', async () => {
    const id = await notices.webhook();
    await failFor(id, 60_000);
    const dies = {
      add: async (...args: Parameters<typeof notices.notices.add>) => {
        await notices.notices.add(...args);
        throw new Error('killed');
      },
    };
    await expect(look({ ...notices.look, queue: dies }, 0)).rejects.toThrow('killed');
    await look(notices.look, 0);
    await look(notices.look, 0);
    expect(await notices.told()).toEqual([`failing ${id}`]);
  });

  it('is told of beside a thousand others, each once', async () => {
    const ids: number[] = [];
    for (let i = 0; i < 1_001; i += 1) ids.push(await notices.webhook());
    await Promise.all(ids.map((id) => notices.fail(id)));
    notices.time.now += 60_000;
    await lookAll();
    await Promise.all(ids.map((id) => notices.recover(id)));
    await lookAll();
    const expected = ids.flatMap((id) => [`failing ${id}`, `recovered ${id}`]).sort();
    expect(await notices.told()).toEqual(expected);
  });

  it('is told when it has recovered, once, and anew when it fails again', async () => {
    const id = await notices.webhook();
    await failFor(id, 60_000);
    await lookAll();
    await notices.recover(id);
    await lookAll();
    await lookAll();
    expect(await notices.told()).toEqual([`failing ${id}`, `recovered ${id}`]);
    notices.time.now += 1_000;
    await failFor(id, 60_000);
    await lookAll();
    expect(await notices.told()).toEqual([`failing ${id}`, `failing ${id}`, `recovered ${id}`]);
  });

  it('that recovers before anybody has told it is not told of at all', async () => {
    const id = await notices.webhook();
    await failFor(id, 59_000);
    await notices.recover(id);
    notices.time.now += 600_000;
    await lookAll();
    expect(await notices.told()).toEqual([]);
    expect(await notices.failing.count()).toBe(0);
  });

  it('counts from when it was changed by hand, which is no recovery', async () => {
    const [told, untold] = [await notices.webhook(), await notices.webhook()];
    await failFor(told, 60_000);
    await lookAll();
    await failFor(untold, 59_000);
    await notices.backlog.kick(untold);
    await notices.backlog.kick(told);
    notices.time.now += 59_000;
    await lookAll();
    expect(await notices.told()).toEqual([`failing ${told}`]);
    notices.time.now += 1_000;
    await lookAll();
    expect(await notices.told()).toEqual([`failing ${told}`, `failing ${untold}`]);
  });

  it.each(['deactivated', 'deleted', 'removed from Redis'])(
    'and then is %s is told of no more',
    async (how) => {
      const id = await notices.webhook();
      await failFor(id, 60_000);
      await lookAll();
      if (how === 'deactivated') notices.webhooks.setStatus(id, 'deactivated');
      else notices.webhooks.remove(id);
      if (how === 'removed from Redis') await notices.backlog.drop(id);
      notices.time.now += TIMES.suspendAfterMs;
      await lookAll();
      expect(await notices.told()).toEqual([`failing ${id}`]);
      expect([await notices.failing.count(), (await notices.failing.noticed(0)).size]).toEqual([0, 0]);
    },
  );

  it('is not suspended while nothing waits for it', async () => {
    const id = await notices.webhook();
    await failFor(id, 60_000);
    await lookAll();
    const entries = await notices.backlog.read(id, null, null, 10);
    await notices.backlog.settle(id, Array.isArray(entries) ? entries : [], { delivered: false });
    notices.time.now += TIMES.suspendAfterMs;
    await lookAll();
    expect([notices.webhooks.suspensions, await notices.failing.count()]).toEqual([0, 0]);
    await notices.append(id);
    await notices.fail(id);
    await notices.recover(id);
    await lookAll();
    expect(await notices.told()).toEqual([`failing ${id}`, `recovered ${id}`]);
  });
});

describe('a webhook with nothing but failures for the time that is set', () => {
  it('is suspended and told of once, also if what was under way fails later', async () => {
    const id = await notices.webhook();
    await failFor(id, TIMES.suspendAfterMs - 1);
    await lookAll();
    expect(notices.webhooks.suspensions).toBe(0);
    notices.time.now += 1;
    await lookAll();
    expect([notices.webhooks.suspensions, await notices.failing.count()]).toEqual([1, 0]);
    await notices.fail(id);
    notices.time.now += TIMES.suspendAfterMs;
    await lookAll();
    expect(notices.webhooks.suspensions).toBe(1);
    expect(await notices.told()).toEqual([`failing ${id}`, `suspended ${id}`]);
  });

  it('is told of also if whoever suspended it died before they could', async () => {
    const id = await notices.webhook();
    await failFor(id, TIMES.suspendAfterMs);
    const dies = { add: () => Promise.reject(new Error('killed')) };
    await expect(look({ ...notices.look, queue: dies }, 0)).rejects.toThrow('killed');
    await lookAll();
    expect(notices.webhooks.suspensions).toBe(1);
    expect(await notices.told()).toEqual([`suspended ${id}`]);
  });

  it('is suspended again only after the same time, once it was activated by hand', async () => {
    const id = await notices.webhook();
    await failFor(id, TIMES.suspendAfterMs);
    await lookAll();
    notices.webhooks.setStatus(id, 'activated');
    await notices.backlog.kick(id);
    await failFor(id, TIMES.suspendAfterMs - 1);
    await lookAll();
    expect(notices.webhooks.suspensions).toBe(1);
    notices.time.now += 1;
    await lookAll();
    expect(notices.webhooks.suspensions).toBe(2);
  });
});

describe('discarded events', () => {
  it('are told once for each webhook, whichever workers discard, and again after a quiet time', async () => {
    const [one, other] = [await notices.webhook(), await notices.webhook()];
    const workers = [new Discards(notices.look), new Discards(notices.look)];
    const flushAll = () => Promise.all(workers.map((worker) => worker.flush()));
    for (const worker of workers) worker.count(one, 100);
    workers[0]?.count(one, 100);
    workers[1]?.count(other, 1);
    await flushAll();
    for (let half = 0; half < 6; half += 1) {
      notices.time.now += QUIET_AFTER_MS / 2;
      workers[0]?.count(one, 1);
      await flushAll();
    }
    expect(await notices.told()).toEqual([`discarding ${one}`, `discarding ${other}`]);
    notices.time.now += QUIET_AFTER_MS;
    workers[1]?.count(one, 1);
    await flushAll();
    expect(await notices.told()).toEqual([`discarding ${one}`, `discarding ${one}`, `discarding ${other}`]);
  });

  it('are told later when Redis or MySQL was away', async () => {
    const id = await notices.webhook();
    let away = true;
    const directory = {
      webhook: (webhookId: number) =>
        away ? Promise.reject(new Error('away')) : notices.look.directory.webhook(webhookId),
    };
    const discards = new Discards({ ...notices.look, directory });
    discards.count(id, 3);
    await expect(discards.flush()).rejects.toThrow('away');
    away = false;
    discards.count(id, 4);
    await discards.flush();
    const [job] = await notices.notices.queue.getJobs(['wait']);
    expect(job?.data).toMatchObject({ kind: 'discarding', webhookId: id, events: 7 });
  });
});
