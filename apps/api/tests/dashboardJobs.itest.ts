import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { packChunk } from '#libs/backlog/chunk.ts';
import { type ConnectedBacklog, connectBacklog } from '#libs/backlog/connectBacklog.ts';
import { EVENT_TYPES } from '#libs/domain/eventType.ts';
import { NoticeQueue } from '#libs/notices/noticeQueue.ts';
import { makeEvent } from '#libs/testing/fixtures.ts';
import { startTestApi, type TestApi } from './apiFixture.ts';
import { expectProblem } from './contractClient.ts';

const ADDRESS = 'jane.roe@customer.example';
const NOW = 1_700_000_000_000;

let api: TestApi;
let redis: Redis;
let opens: Queue;
let notices: NoticeQueue;
let backlog: ConnectedBacklog;

beforeAll(async () => {
  api = await startTestApi();
  redis = new Redis(api.redisUrl, { maxRetriesPerRequest: null });
  const { prefix } = api;
  opens = new Queue('events-open', { connection: redis, prefix });
  notices = new NoticeQueue({ redis, prefix });
  backlog = connectBacklog({ redis, prefix, shards: 1, clock: () => NOW, graceMs: 1_000 });
});

afterAll(async () => {
  await Promise.all([api?.stop(), opens?.close(), notices?.close(), backlog?.waker.close()]);
  redis?.disconnect();
});

const call = (method: string, path: string, json?: object) =>
  api.call({ method, path: `/admin/queues${path}`, ...(json && { json }) });

async function queueNamed(name: string, status = 'latest') {
  const { body } = await call(
    'GET',
    `/api/queues?activeQueue=${name}&status=${status}&page=1&jobsPerPage=10`,
  );
  return body.queues.find((queue: { name: string }) => queue.name === name);
}

/** As the router leaves what is invalid. */
async function failedJob(): Promise<string> {
  const data = { events: [{ ...makeEvent({ recipientId: ADDRESS }), type: ADDRESS }] };
  const { id = '' } = await opens.add('open', data);
  const meta = `${api.prefix}:events-open`;
  await redis.lrem(`${meta}:wait`, 1, id);
  await redis.hset(`${meta}:${id}`, {
    failedReason: 'event 0: "type" must be a known event type',
    finishedOn: NOW,
  });
  await redis.zadd(`${meta}:failed`, NOW, id);
  return id;
}

describe('the queues of the dashboard', () => {
  it('explain themselves, each by a name and a description of its own', async () => {
    const { queues } = (await call('GET', '/api/queues')).body;
    expect(queues).toHaveLength(EVENT_TYPES.length + 3);
    for (const about of ['displayName', 'description']) {
      const texts = queues.map((queue: Record<string, string>) => queue[about] ?? '');
      expect(texts.filter((text: string) => text.length < 7)).toEqual([]);
      expect(new Set(texts).size).toBe(queues.length);
    }
  });

  it('lead to the console', async () => {
    expect((await call('GET', '/')).text).toContain('/console');
  });
});

describe('a job with events', () => {
  it('that failed shows its reason, and nothing of what is in its events', async () => {
    const id = await failedJob();
    const { jobs } = await queueNamed('events-open', 'failed');
    const [shown] = jobs.filter((job: { id: string }) => job.id === id);
    expect(shown).toMatchObject({
      name: '1 event of type open',
      failedReason: 'event 0: "type" must be a known event type',
      data: { numberOfEvents: 1, shownEvents: [{ type: '(not a known type)' }] },
    });
    const single = await call('GET', `/api/queues/events-open/${id}`);
    expect(single.body.job).toEqual(shown);
    expect(JSON.stringify(jobs) + single.text).not.toContain('jane');
  });

  it('that failed can be retried from there, one or all', async () => {
    const [one, other] = [await failedJob(), await failedJob()];
    expect(await call('PUT', `/api/queues/events-open/${one}/retry`)).toMatchObject({ status: 204 });
    expect([await opens.getJobState(one), await opens.getJobState(other)]).toEqual(['waiting', 'failed']);
    expect((await call('PUT', '/api/queues/events-open/retry/failed')).status).toBeLessThan(300);
    expect(await opens.getJobState(other)).toBe('waiting');
    expect((await opens.getJob(one))?.data.events[0]).toMatchObject({ recipientId: ADDRESS });
  });

  it('gets no other data from there, as the page would write what it shows', async () => {
    const id = await failedJob();
    const path = `/api/queues/events-open/${id}/update-data`;
    expectProblem(await call('PATCH', path, { jobData: {} }), 'forbidden');
    expectProblem(await call('POST', '/api/queues/events-open/add', { name: 'x', data: {} }), 'forbidden');
    expect((await opens.getJob(id))?.data.events).toHaveLength(1);
  });
});

describe('a delivery job', () => {
  it('shows how far its webhook is, how often it failed, and the last error', async () => {
    const chunk = packChunk('open', [{ created: NOW, text: `{"recipientId":"${ADDRESS}"` }]);
    await backlog.backlog.append([{ webhookId: 17, chunks: [chunk, chunk] }]);
    for (const [attempt, lane] of (['deliveries', 'retries'] as const).entries()) {
      await backlog.backlog.begin(17, { lane, run: `run-${attempt}` });
      const failure = { now: NOW, nextTryAt: NOW + 10_000, answered: true, error: 'status 503' };
      await backlog.backlog.fail(17, `run-${attempt}`, [], failure);
    }
    await backlog.waker.wake([{ webhookId: 17, lane: 'retries', delayMs: 600_000 }]);
    const { jobs } = await queueNamed('retries', 'delayed');
    expect(jobs).toHaveLength(1);
    expect(jobs[0]).toMatchObject({
      name: 'Webhook 17: 2 events wait, failed 2 times (status 503)',
      attempts: 2,
      data: { webhookId: 17 },
      progress: {
        pendingEvents: 2,
        failuresInARow: 2,
        nextTry: new Date(NOW + 10_000).toISOString(),
        lastSuccess: null,
        lastError: 'status 503',
      },
    });
    const { id } = jobs[0];
    expect((await call('GET', `/api/queues/retries/${id}`)).body.job).toEqual(jobs[0]);
    expect((await call('PUT', `/api/queues/retries/${id}/promote`)).status).toBeLessThan(300);
    const [queue] = backlog.waker.queues.filter(({ name }) => name === 'retries');
    expect(await queue?.getJobState(id)).toBe('waiting');
  });
});

describe('a notice', () => {
  it('is shown as what it is', async () => {
    const notice = { at: NOW, webhookId: 17, clientId: 7, type: 'open', events: 2 } as const;
    await notices.add({ kind: 'failing', ...notice }, NOW);
    const { jobs } = await queueNamed('notices');
    expect(jobs[0]).toMatchObject({
      name: 'Webhook 17 of client 7: failing',
      data: { kind: 'failing', webhookId: 17, at: new Date(NOW).toISOString() },
      externalUrl: { href: '/console/clients/7/webhooks/17' },
    });
  });
});
