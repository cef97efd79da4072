import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { KeyLayout } from '#libs/backlog/keys.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { CLIENT, startTestApi, type TestApi } from './apiFixture.ts';
import { expectProblem, FIELDS } from './contractClient.ts';
import { expectDocumented } from './documented.ts';

const SHARDS = 2;

let api: TestApi;
let redis: Redis;

beforeAll(async () => {
  api = await startTestApi({ TARGET_POLICY: 'development', SHARDS: String(SHARDS) });
  redis = new Redis(api.redisUrl);
  const ready = { method: 'GET', path: '/health/ready' };
  await waitUntil(async () => (await api.call(ready)).status === 200, { what: 'the API to be ready' });
});

afterAll(async () => {
  redis.disconnect();
  await api.stop();
});

async function list(query = '', auth?: string) {
  const call = { method: 'GET', path: `/rest/clients${query}` };
  const answer = await api.call({ ...call, ...(auth && { auth }) });
  expectDocumented('GET', '/rest/clients', answer);
  return answer;
}

async function activated(clientId: number): Promise<number> {
  const path = `/rest/${clientId}/webhooks`;
  const { body } = await api.call({ method: 'POST', path, json: FIELDS });
  await api.call({ method: 'POST', path: `${path}/${body.id}/activate` });
  return body.id;
}

/** As a failed transmission notes it. */
async function fail(webhookId: number): Promise<void> {
  const { failing } = new KeyLayout({ prefix: api.prefix, shards: SHARDS }).of(webhookId);
  await redis.zadd(failing, Date.now(), String(webhookId));
}

describe('the clients', () => {
  it('are told to operators only', async () => {
    expectProblem(await list('', CLIENT), 'forbidden');
    expect(await list()).toMatchObject({ status: 200, body: { items: [] } });
  });

  it('are those with webhooks, first the ones that fail; of what is not activated, nothing fails', async () => {
    await activated(1);
    const failing = [await activated(2), await activated(2)];
    const stopped = await activated(3);
    for (const id of [...failing, stopped]) await fail(id);
    await api.call({ method: 'POST', path: `/rest/3/webhooks/${stopped}/deactivate` });
    const counts = { suspended: 0, failing: 0 };
    const items = [
      { clientId: 2, webhooks: 2, activated: 2, suspended: 0, failing: 2 },
      { clientId: 1, webhooks: 1, activated: 1, ...counts },
      { clientId: 3, webhooks: 1, activated: 0, ...counts },
    ];
    expect((await list()).body).toEqual({ items });
    expect((await list('?limit=1')).body).toEqual({ items: items.slice(0, 1) });
    expectProblem(await list('?limit=0'), 'invalid-request');
  });

  it('cannot be told while Redis is away: 503', async () => {
    await api.redis.cut();
    expectProblem(await list(), 'unavailable');
  });
});
