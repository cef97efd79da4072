import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { ApiUserStore } from '#libs/store/apiUserStore.ts';
import { Database } from '#libs/store/database.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { CLIENT_ID, OTHER_CLIENT_ID, startTestApi, type TestApi } from './apiFixture.ts';
import { expectProblem } from './contractClient.ts';
import { expectDocumented } from './documented.ts';
import type { Answer } from './httpClient.ts';

const FAILURES = 5;
const LIFETIME_MS = 600_000;
/** What a browser says of a call of the console's pages. */
const OWN_PAGE = { 'Sec-Fetch-Site': 'same-origin', 'X-Postrider-Console': '1' };

let api: TestApi;
let database: Database;
let users: ApiUserStore;
let redis: Redis;

beforeAll(async () => {
  api = await startTestApi({
    TRUSTED_PROXIES: '127.0.0.0/8,::1',
    LOGIN_FAILURES: String(FAILURES),
    SESSION_LIFETIME_MS: String(LIFETIME_MS),
  });
  database = new Database({ databaseUrl: api.mysql.url });
  users = new ApiUserStore({ database, now: () => new Date() });
  redis = new Redis(api.redisUrl);
  await waitUntil(() => isReady(api), { what: 'the API to be ready' });
});

afterAll(async () => {
  redis.disconnect();
  await database.close();
  await api.stop();
});

async function isReady(on: TestApi): Promise<boolean> {
  return (await on.call({ method: 'GET', path: '/health/ready' })).status === 200;
}

type Headers = Readonly<Record<string, string>>;

async function signIn(user: string, password: string, headers: Headers = OWN_PAGE): Promise<Answer> {
  const call = { method: 'POST', path: '/rest/session', json: { user, password }, headers, auth: null };
  const answer = await api.call(call);
  expectDocumented('POST', '/rest/session', answer);
  return answer;
}

function cookieOf({ headers }: Answer): string {
  return String(headers['set-cookie']?.[0]?.split(';')[0]);
}

async function signedIn(user = 'anna', password = 's3cret:with@signs'): Promise<string> {
  const answer = await signIn(user, password);
  expect(answer).toMatchObject({ status: 201 });
  return cookieOf(answer);
}

function list(cookie: string, { client = CLIENT_ID, headers = OWN_PAGE as Headers, on = api } = {}) {
  const path = `/rest/${client}/webhooks`;
  return on.call({ method: 'GET', path, headers: { ...headers, Cookie: cookie }, auth: null });
}

describe('signing in', () => {
  it('tells who that is, and sets a cookie that no script and no other site gets', async () => {
    const answer = await signIn('bernd', 'pässword');
    const clientIds = [CLIENT_ID, OTHER_CLIENT_ID];
    expect(answer).toMatchObject({ status: 201, body: { user: 'bernd', operator: false, clientIds } });
    const attributes = String(answer.headers['set-cookie']).split('; ').slice(1);
    expect(attributes).toEqual(expect.arrayContaining(['Path=/', 'HttpOnly', 'SameSite=Strict']));
    expect(attributes).not.toContain('Secure');
    const byTls = await signIn('bernd', 'pässword', { ...OWN_PAGE, 'X-Forwarded-Proto': 'https' });
    expect(String(byTls.headers['set-cookie'])).toContain('; Secure');
  });

  it('lets the cookie stand for the user, for its clients only', async () => {
    const cookie = await signedIn();
    expect(await list(cookie)).toMatchObject({ status: 200 });
    expectProblem(await list(cookie, { client: OTHER_CLIENT_ID }), 'forbidden');
    const headers = { ...OWN_PAGE, Cookie: cookie };
    const who = await api.call({ method: 'GET', path: '/rest/session', headers, auth: null });
    expectDocumented('GET', '/rest/session', who);
    expect(who).toMatchObject({
      status: 200,
      body: { user: 'anna', operator: false, clientIds: [CLIENT_ID] },
    });
  });

  it('opens the dashboard for operators, and for nobody else', async () => {
    const open = async (cookie: string, site: string) => {
      const headers = { Cookie: cookie, 'Sec-Fetch-Site': site };
      return api.call({ method: 'GET', path: '/admin/queues/', headers, auth: null });
    };
    const operator = await signedIn('operator', 'open_sesame');
    expect(await open(operator, 'same-origin')).toMatchObject({ status: 200 });
    expect(await open(operator, 'none')).toMatchObject({ status: 200 });
    expectProblem(await open(operator, 'cross-site'), 'unauthorized');
    expectProblem(await open(await signedIn(), 'same-origin'), 'forbidden');
  });

  it('never continues with an id that was there before', async () => {
    const before = await signedIn();
    const again = await signIn('operator', 'open_sesame', { ...OWN_PAGE, Cookie: before });
    expect(cookieOf(again)).not.toBe(before);
    expect(await list(before)).toMatchObject({ status: 401 });
    const planted = { ...OWN_PAGE, Cookie: 'postrider_session=s%3Aplanted.signature' };
    expect(cookieOf(await signIn('anna', 's3cret:with@signs', planted))).not.toContain('planted');
  });

  it('asks for both fields', async () => {
    const call = { method: 'POST', path: '/rest/session', json: { user: '' }, auth: null };
    const answer = await api.call(call);
    expectProblem(answer, 'invalid-request');
    expect(answer.body.errors.map(({ field }: { field: string }) => field)).toEqual(['user', 'password']);
  });

  it('with a wrong password is a 401 that makes no browser ask for another', async () => {
    const answer = await signIn('anna', 'wrong', { ...OWN_PAGE, 'X-Forwarded-For': '203.0.113.1' });
    expectProblem(answer, 'unauthorized');
    expect(answer.headers['www-authenticate']).toMatch(/^Session /);
    expect(answer.headers).not.toHaveProperty('set-cookie');
  });

  it('is not asked for by the browser because of what a page of another site calls; of a link it is', async () => {
    const ask = async (mode: string) => {
      const headers = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': mode };
      const answer = await api.call({ method: 'GET', path: '/admin/queues', headers, auth: null });
      expectProblem(answer, 'unauthorized');
      return String(answer.headers['www-authenticate']).split(' ')[0];
    };
    expect(await ask('no-cors')).toBe('Session');
    expect(await ask('navigate')).toBe('Basic');
  });

  it('counts wrong passwords together with those by Basic, and locks', async () => {
    const headers = { ...OWN_PAGE, 'X-Forwarded-For': '203.0.113.2' };
    const basic = { 'X-Forwarded-For': '203.0.113.2' };
    for (let count = 0; count < FAILURES; count++) await signIn('anna', `wrong-${count}`, headers);
    const path = `/rest/${CLIENT_ID}/webhooks`;
    await api.call({ method: 'GET', path, headers: basic, auth: 'anna:wrong' });
    expectProblem(await signIn('anna', 'wrong', headers), 'too-many-requests');
  });
});

describe('a cookie', () => {
  it.each([
    ['another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['a neighbour', { 'Sec-Fetch-Site': 'same-site' }],
    ['another site that claims to be the console', { ...OWN_PAGE, 'Sec-Fetch-Site': 'cross-site' }],
    ['another origin, in an older browser', { Origin: 'https://evil.example', 'X-Postrider-Console': '1' }],
    ['nobody says where', {}],
  ])('counts for nothing in a request from %s', async (_from, headers) => {
    const cookie = await signedIn();
    const answer = await list(cookie, { headers: headers as Headers });
    expectProblem(answer, 'unauthorized');
  });

  it('changes nothing from another site', async () => {
    const cookie = await signedIn();
    const json = { targetUrl: 'https://example.com/', type: 'open', format: 'json' };
    const path = `/rest/${CLIENT_ID}/webhooks`;
    const headers = { Cookie: cookie, 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' };
    expectProblem(await api.call({ method: 'POST', path, json, headers, auth: null }), 'cross-site');
    expect((await list(cookie)).body).toEqual([]);
  });

  it('is good without TLS too, where browsers say less: the page says it', async () => {
    const headers = { 'X-Postrider-Console': '1' };
    expect(await list(await signedIn(), { headers })).toMatchObject({ status: 200 });
  });

  it('that was changed is none', async () => {
    const cookie = await signedIn();
    expectProblem(await list(`${cookie.slice(0, -2)}xx`), 'unauthorized');
  });
});

describe('a session', () => {
  it('ends by signing out, also for whoever kept the cookie', async () => {
    const cookie = await signedIn();
    const headers = { ...OWN_PAGE, Cookie: cookie };
    const answer = await api.call({ method: 'DELETE', path: '/rest/session', headers, auth: null });
    expectDocumented('DELETE', '/rest/session', answer);
    expect(answer).toMatchObject({ status: 204 });
    expect(String(answer.headers['set-cookie'])).toContain('Expires=Thu, 01 Jan 1970');
    expectProblem(await list(cookie), 'unauthorized');
  });

  it.each([
    ['the user is removed', 'removed', (name: string) => users.remove(name)],
    ['the password changes', 'rotated', (name: string) => users.setPassword(name, 'another-password')],
  ])('ends within seconds when %s', async (_what, name, change) => {
    await users.add({ name, clientId: CLIENT_ID, password: 'stored-password' });
    const cookie = await signedIn(name, 'stored-password');
    expect(await list(cookie)).toMatchObject({ status: 200 });
    await change(name);
    await waitUntil(async () => (await list(cookie)).status === 401, { what: 'the session to end' });
    expectProblem(await list(cookie), 'unauthorized');
  });

  it('ends after its lifetime; in Redis are neither its id nor a password', async () => {
    const cookie = await signedIn();
    const id = decodeURIComponent(cookie).split(':')[1]?.split('.')[0] ?? '';
    const keys = await redis.keys(`${api.prefix}:session:*`);
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) {
      expect(await redis.pttl(key)).toBeGreaterThan(0);
      expect(await redis.pttl(key)).toBeLessThanOrEqual(LIFETIME_MS);
      const stored = `${key} ${await redis.get(key)}`;
      expect(stored).not.toContain(id);
      expect(stored).not.toMatch(/s3cret|sesame|stored-password/);
    }
  });

  it('is one for all API processes with the same key, and API_CREDENTIALS', async () => {
    const cookie = await signedIn();
    const settings = { QUEUE_PREFIX: api.prefix };
    const twin = await startTestApi(settings);
    const rotated = await startTestApi({ ...settings, API_CREDENTIALS: `anna:new@${CLIENT_ID}` });
    try {
      const areReady = async () => (await isReady(twin)) && (await isReady(rotated));
      await waitUntil(areReady, { what: 'both to be ready' });
      expect(await list(cookie, { on: twin })).toMatchObject({ status: 200 });
      // It ends there, and so everywhere.
      expectProblem(await list(cookie, { on: rotated }), 'unauthorized');
      expectProblem(await list(cookie), 'unauthorized');
    } finally {
      await twin.stop();
      await rotated.stop();
    }
  });

  it('is not known while Redis is away: 503; Basic goes on', async () => {
    const cookie = await signedIn();
    await api.redis.cut();
    try {
      expectProblem(await list(cookie), 'unavailable');
      expect(await api.call({ method: 'GET', path: `/rest/${CLIENT_ID}/webhooks` })).toMatchObject({
        status: 200,
      });
    } finally {
      await api.redis.pass();
    }
    await waitUntil(async () => (await list(cookie)).status === 200, { what: 'Redis to be back' });
  });
});
