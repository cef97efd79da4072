import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiUserStore } from '#libs/store/apiUserStore.ts';
import { Database } from '#libs/store/database.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { CLIENT_ID, OTHER_CLIENT_ID, startTestApi, type TestApi } from './apiFixture.ts';
import { expectProblem } from './contractClient.ts';
import type { Answer } from './httpClient.ts';

/** Who may ask, and how much. The tests speak for many addresses: the API trusts what they say of theirs. */
const FROM_ANYWHERE = { TRUSTED_PROXIES: '127.0.0.0/8,::1' };
const FAILURES = 5;

let api: TestApi;
let database: Database;
let users: ApiUserStore;
let lastAddress = 0;
let started: TestApi[] = [];

beforeAll(async () => {
  api = await startTestApi({ ...FROM_ANYWHERE, LOGIN_FAILURES: String(FAILURES) });
  database = new Database({ databaseUrl: api.mysql.url });
  users = new ApiUserStore({ database, now: () => new Date() });
  await users.add({ name: 'stored', clientId: CLIENT_ID, password: 'stored:pässword' });
  await users.add({ name: 'chief', clientId: null, password: 'chief-password' });
});

afterAll(async () => {
  await database.close();
  await api.stop();
});

afterEach(async () => {
  await Promise.all(started.map((one) => one.stop()));
  started = [];
});

/** Stopped after the test. */
async function start(settings: Readonly<Record<string, string>> = {}): Promise<TestApi> {
  const one = await startTestApi(settings);
  started.push(one);
  // Until Redis is connected, each process counts by itself.
  const ready = { method: 'GET', path: '/health/ready' };
  await waitUntil(async () => (await one.call(ready)).status === 200, { what: 'the API to be ready' });
  return one;
}

const newAddress = () => `203.0.113.${++lastAddress}`;

interface Request {
  readonly auth?: string;
  readonly from?: string;
  readonly client?: number;
  readonly on?: TestApi;
}

function list({ auth, from = newAddress(), client = CLIENT_ID, on = api }: Request): Promise<Answer> {
  const headers = { 'X-Forwarded-For': from };
  const path = `/rest/${client}/webhooks`;
  return on.call({ method: 'GET', path, headers, ...(auth !== undefined && { auth }) });
}

async function repeat(count: number, request: Request): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let index = 0; index < count; index++) answers.push(await list(request));
  return answers;
}

const statuses = (answers: readonly Answer[]) => [...new Set(answers.map(({ status }) => status))];

function expectTooMany(answer: Answer): void {
  expectProblem(answer, 'too-many-requests');
  expect(String(answer.headers['retry-after'])).toMatch(/^[1-9]\d*$/);
}

describe('a user in MySQL', () => {
  it('may act for its client, an operator for all', async () => {
    expect(await list({ auth: 'stored:stored:pässword' })).toMatchObject({ status: 200 });
    expectProblem(await list({ auth: 'stored:stored:pässword', client: OTHER_CLIENT_ID }), 'forbidden');
    for (const client of [CLIENT_ID, OTHER_CLIENT_ID]) {
      expect(await list({ auth: 'chief:chief-password', client })).toMatchObject({ status: 200 });
    }
    const dashboard = { method: 'GET', path: '/admin/queues/' };
    expectProblem(await api.call({ ...dashboard, auth: 'stored:stored:pässword' }), 'forbidden');
    expect(await api.call({ ...dashboard, auth: 'chief:chief-password' })).toMatchObject({ status: 200 });
  });

  it.each(['stored:wrong', 'stored:', 'Stored:stored:pässword', 'nobody:stored:pässword'])(
    'is nobody with %s',
    async (auth) => expectProblem(await list({ auth }), 'unauthorized'),
  );

  it('can be added, changed and removed while the API runs', async () => {
    await users.add({ name: 'dora', clientId: CLIENT_ID, password: 'dora-password-1' });
    expect(await list({ auth: 'dora:dora-password-1' })).toMatchObject({ status: 200 });
    await users.setPassword('dora', 'dora-password-2');
    expect(await list({ auth: 'dora:dora-password-2' })).toMatchObject({ status: 200 });
    await users.remove('dora');
    expectProblem(await list({ auth: 'dora:dora-password-3' }), 'unauthorized');
  });

  it('is remembered without asking for more than one check at a time', async () => {
    await users.add({ name: 'many', clientId: CLIENT_ID, password: 'many-password' });
    const answers = await Promise.all(Array.from({ length: 60 }, () => list({ auth: 'many:many-password' })));
    expect(statuses(answers)).toEqual([200]);
  });
});

describe('wrong passwords', () => {
  it('lock the user at that address: 429, whatever the password then is', async () => {
    const from = newAddress();
    expect(statuses(await repeat(FAILURES + 1, { auth: 'anna:wrong', from }))).toEqual([401]);
    expectTooMany(await list({ auth: 'anna:wrong', from }));
    expectTooMany(await list({ auth: 'anna:wrong-too', from }));
    expectTooMany(await list({ auth: 'anna:s3cret:with@signs', from }));
  });

  it('lock nobody out elsewhere, and no other user there', async () => {
    const from = newAddress();
    await repeat(FAILURES + 1, { auth: 'operator:wrong', from });
    expectTooMany(await list({ auth: 'operator:open_sesame', from }));
    expect(await list({ auth: 'operator:open_sesame' })).toMatchObject({ status: 200 });
    expect(await list({ auth: 'stored:stored:pässword', from })).toMatchObject({ status: 200 });
  });

  it('do not disturb who is logged in at that address', async () => {
    const from = newAddress();
    expect(await list({ auth: 'chief:chief-password', from })).toMatchObject({ status: 200 });
    await repeat(FAILURES + 1, { auth: 'chief:wrong', from });
    expectTooMany(await list({ auth: 'chief:wrong', from }));
    expect(await list({ auth: 'chief:chief-password', from })).toMatchObject({ status: 200 });
  });

  it('are forgiven after the right one', async () => {
    const from = newAddress();
    await users.add({ name: 'emil', clientId: CLIENT_ID, password: 'emil-password' });
    for (const password of ['emil-password', 'emil-password']) {
      expect(statuses(await repeat(FAILURES, { auth: 'emil:wrong', from }))).toEqual([401]);
      expect(await list({ auth: `emil:${password}`, from })).toMatchObject({ status: 200 });
      await users.setPassword('emil', 'emil-password');
    }
  });

  it('cost no more than a bounded number of checks at a time, and others go on', async () => {
    const from = newAddress();
    const flood = Array.from({ length: 200 }, (_, index) => list({ auth: `user${index}:wrong`, from }));
    const others = Array.from({ length: 3 }, () => list({ auth: 'stored:stored:pässword' }));
    expect(statuses(await Promise.all(others))).toEqual([200]);
    const answers = await Promise.all(flood);
    expect(statuses(answers).toSorted()).toEqual([401, 503]);
    for (const answer of answers.filter(({ status }) => status === 503)) {
      expectProblem(answer, 'unavailable');
      expect(answer.headers['retry-after']).toBe('1');
    }
  });
});

describe('too many requests', () => {
  it('of a user → 429 with Retry-After, on all API processes together', async () => {
    const settings = { ...FROM_ANYWHERE, RATE_LIMIT_PER_USER: '2', QUEUE_PREFIX: `${api.prefix}_user` };
    const one = await start(settings);
    const two = await start(settings);
    const answers = [...(await repeat(12, { on: one })), ...(await repeat(12, { on: two }))];
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20);
    expectTooMany(answers[23] as Answer);
    expect(await list({ auth: 'anna:s3cret:with@signs', on: two })).toMatchObject({ status: 200 });
  });

  it('from an address → 429 before anything is looked at, but health answers', async () => {
    const settings = { ...FROM_ANYWHERE, RATE_LIMIT_PER_ADDRESS: '1', QUEUE_PREFIX: `${api.prefix}_address` };
    const on = await start(settings);
    const from = '2001:db8:1:2::7';
    expect(statuses(await repeat(10, { from, on }))).toEqual([200]);
    expectTooMany(await list({ from, on }));
    expectTooMany(await list({ from: '2001:db8:1:2:ffff::1', auth: 'nobody:x', on }));
    expect(await list({ from: '2001:db8:1:3::7', on })).toMatchObject({ status: 200 });
    const headers = { 'X-Forwarded-For': from };
    expect(await on.call({ method: 'GET', path: '/health/live', headers })).toMatchObject({ status: 200 });
  });

  it.each(['cut', 'hang'] as const)('are counted by each process while Redis is away (%s)', async (fault) => {
    const prefix = `${api.prefix}_${fault}`;
    const on = await start({ ...FROM_ANYWHERE, RATE_LIMIT_PER_USER: '1', QUEUE_PREFIX: prefix });
    await on.redis[fault]();
    expect(statuses(await repeat(10, { on }))).toEqual([200]);
    expectTooMany(await list({ on }));
  });

  it('are not what hundreds a second from one address and user are, by default', async () => {
    const on = await start();
    const began = performance.now();
    for (let round = 0; round < 20; round++) {
      const answers = await Promise.all(Array.from({ length: 50 }, () => list({ on, from: '' })));
      expect(statuses(answers)).toEqual([200]);
    }
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  it('are of the socket’s address, whatever is forwarded, unless a proxy is trusted', async () => {
    const on = await start({ RATE_LIMIT_PER_ADDRESS: '1', QUEUE_PREFIX: `${api.prefix}_untrusted` });
    for (let index = 0; index < 10; index++) await list({ on });
    expectTooMany(await list({ on }));
  });
});
