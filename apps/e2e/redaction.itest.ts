import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiUserStore } from '#libs/store/apiUserStore.ts';
import { Database } from '#libs/store/database.ts';
import { type ConnectProxy, startConnectProxy } from '#libs/target/tests/connectProxy.ts';
import type { Customer } from '#libs/testing/customer.ts';
import { makeEvent } from '#libs/testing/fixtures.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { type Answer, type Call, send } from '../api/tests/httpClient.ts';
import { findIn, readMysql, readRedis, type Written } from './everythingWritten.ts';
import { type Platform, startPlatform } from './platform.ts';

/**
 * The system is given secrets of which each is found nowhere else, does what it does with them, well and badly, and
 * then everything that it has written is searched for them.
 */
const SECRETS = {
  operator: 'S1-operator-b8Qz',
  apiClient: 'S2-client-k3Vw',
  storedUser: 'S3-stored-m7Tx',
  wrongLogin: 'S4-wrong-p2Rj',
  basicAuth: 'S5-bäsic-"q9"-Lh',
  keyAuth: 'S6-key-w4Nd',
  refused: 'S7-refused-c6Ys',
  older: 'S8-older-f5Gb',
  proxy: 'S9-proxy-t8Km',
  inTheUrl: 'S10-url-x1Pv',
  signing: 'S12-signing-z4Hk-24-bytes',
  formerSigning: 'S13-former-j8Lw-24-bytes',
} as const;
const ENCRYPTION_KEY = Buffer.from('S11-encryption-key-of-32-bytes!!');
const TYPES = ['open', 'click', 'sent', 'bounce', 'unsubscribe'] as const;
const RECIPIENT = 'recipient.r7f3@mailbox.example';
const CLIENT_ID = 7001;
const WEBHOOKS = `/rest/${CLIENT_ID}/webhooks`;

let platform: Platform;
let proxy: ConnectProxy;
let customer: Customer;
const answers = new Map<string, Buffer>();

beforeAll(async () => {
  proxy = await startConnectProxy();
  platform = await startPlatform({
    ENCRYPTION_KEY: ENCRYPTION_KEY.toString('base64'),
    API_CREDENTIALS: `operator:${SECRETS.operator}@*,client:${SECRETS.apiClient}@${CLIENT_ID}`,
    EGRESS_PROXY: `http://egress:${SECRETS.proxy}@127.0.0.1:${proxy.port}`,
    LOG_LEVEL: 'debug',
    LOGIN_FAILURES: '3',
    ARCHIVE_DAYS: '1',
  });
  const { databaseUrl } = platform.config;
  const database = new Database({ databaseUrl });
  const users = new ApiUserStore({ database, now: () => new Date() });
  await users.add({ name: 'stored', clientId: CLIENT_ID, password: SECRETS.storedUser });
  await database.close();
  customer = await platform.customer();
  await useEverything();
});

afterAll(async () => {
  await platform.stop();
  await proxy.close();
});

async function call(what: Call, port = platform.apiPort): Promise<Answer> {
  const answer = await send(port, { auth: `operator:${SECRETS.operator}`, ...what });
  const place = `${what.method} ${what.path.split('?')[0]} → ${answer.status} (answer ${answers.size})`;
  answers.set(place, Buffer.from(JSON.stringify(answer.headers) + answer.text));
  return answer;
}

const fields = (more: object = {}) => ({ targetUrl: customer.url, type: 'open', format: 'json', ...more });

async function useEverything(): Promise<void> {
  await logInAndFail();
  await sendWrongBodies();
  const basic = { type: 'basicAuth', userName: 'visible-user', password: SECRETS.basicAuth };
  const key = { type: 'keyAuth', key: 'X-Visible-Key', passphrase: SECRETS.keyAuth };
  const ids = [
    await createWebhook(fields({ authentication: basic })),
    await createWebhook(fields({ type: 'click', authentication: key })),
    await createWebhook(fields({ type: 'sent', authentication: basic, targetUrl: 'http://127.0.0.1:1/' })),
    await createWebhook(
      fields({ type: 'bounce', basicAuthUsername: 'old', basicAuthPassword: SECRETS.older }),
    ),
    await createWebhook(fields({ type: 'unsubscribe', authentication: signing(SECRETS.formerSigning) })),
  ];
  const json = fields({ type: 'unsubscribe', authentication: signing(SECRETS.signing) });
  await call({ method: 'PUT', path: `${WEBHOOKS}/${ids.at(-1)}`, json });
  await deliverWellAndBadly();
  for (const id of ids) await readAll(id);
  await breakTheFirst(Number(ids[0]));
  await readOperations();
}

function signing(secret: string) {
  return { type: 'standardWebhooks', secret: `whsec_${Buffer.from(secret).toString('base64')}` };
}

async function logInAndFail(): Promise<void> {
  const list = { method: 'GET', path: WEBHOOKS };
  await call({ ...list, auth: `client:${SECRETS.apiClient}` });
  await call({ ...list, auth: `stored:${SECRETS.storedUser}` });
  for (let attempt = 0; attempt < 5; attempt++) {
    await call({ ...list, auth: `operator2:${SECRETS.wrongLogin}` });
    // As it happens: the password typed where the name belongs.
    await call({ ...list, auth: `${SECRETS.wrongLogin}:x` });
  }
  await call({ ...list, auth: '', headers: { Authorization: `Bearer ${SECRETS.wrongLogin}` } });
  await call({ ...list, path: `${WEBHOOKS}?password=${SECRETS.wrongLogin}&recipient=${RECIPIENT}` });
}

async function sendWrongBodies(): Promise<void> {
  const secret = SECRETS.refused;
  const post = { method: 'POST', path: WEBHOOKS };
  for (const json of [
    fields({ authentication: { type: 'basicAuth', userName: 'a:b', password: secret, key: secret } }),
    fields({ authentication: { type: secret, passphrase: `${secret}\n` } }),
    fields({ authentication: secret, type: secret, format: secret }),
    fields({ basicAuthPassword: secret }),
    fields({ authentication: { type: 'standardWebhooks', secret: `whsec_${secret}` } }),
    fields({ authentication: { ...signing(secret.padEnd(24, '.')), key: 1 } }),
    { [secret.slice(0, 4)]: secret },
    [secret],
    fields({ targetUrl: `https://user:${SECRETS.inTheUrl}@example.com/` }),
  ]) {
    await call({ ...post, json });
  }
  const headers = { 'Content-Type': 'application/json' };
  await call({ ...post, raw: `{"authentication":{"password":"${secret}"`, headers });
  await call({ ...post, raw: secret, headers: { 'Content-Type': 'text/plain' } });
  await call({ ...post, form: { authentication: `{"type":"basicAuth","password":"${secret}"` } });
  await call({ ...post, json: { padding: secret.repeat(8000) } });
}

async function createWebhook(json: object): Promise<number> {
  const { status, body } = await call({ method: 'POST', path: WEBHOOKS, json });
  expect(status).toBe(201);
  await call({ method: 'POST', path: `${WEBHOOKS}/${body.id}/activate` });
  await call({ method: 'PUT', path: `${WEBHOOKS}/${body.id}`, json });
  await call({ method: 'GET', path: `${WEBHOOKS}/${body.id}/verify?mailingId=1` });
  return body.id;
}

async function deliverWellAndBadly(): Promise<void> {
  customer.script([{ status: 500 }, { instead: 'reset' }, { status: 302, headers: { location: '/x' } }]);
  const before = customer.acceptedEvents().length;
  const recipient = { recipientId: RECIPIENT, mediaTypesToAddresses: { EMAIL: RECIPIENT } };
  for (const type of TYPES) {
    const event = makeEvent({ type, clientId: CLIENT_ID, ...recipient });
    const queue = platform.queues.events(type);
    await queue.add(type, { events: [event, { ...event, clientId: RECIPIENT }, RECIPIENT] });
    await queue.add(type, { ...event, type: RECIPIENT });
    await queue.add(type, { ...event, created: RECIPIENT });
    await queue.add(type, RECIPIENT);
  }
  await customer.waitForAccepted(before + 3);
  const failures = () => platform.lines.filter(({ message }) => message === 'Batch failed');
  await waitUntil(() => failures().length > 3, { what: 'failed transmissions' });
  for (const type of TYPES) await platform.queues.routed(type);
}

async function readAll(id: number): Promise<void> {
  const search = `deliveries?search=${RECIPIENT}`;
  for (const path of [
    '',
    `/${id}`,
    `/${id}/audit`,
    `/${id}/statistics`,
    `/${id}/discarded`,
    `/${id}/${search}`,
    `/${id}/nothing`,
  ]) {
    await call({ method: 'GET', path: `${WEBHOOKS}${path}` });
  }
  await call({ method: 'GET', path: `/rest/1/webhooks/${id}` });
}

/** A stored secret that can't be read: the way of a 500. */
async function breakTheFirst(id: number): Promise<void> {
  const database = new Database(platform.config);
  await database.run((manager) =>
    manager.query("UPDATE webhook SET secret = CONCAT(secret, 'x') WHERE id = ?", [id]),
  );
  await database.close();
  const { status } = await call({ method: 'GET', path: `${WEBHOOKS}/${id}/verify?mailingId=1` });
  expect(status).toBe(500);
}

async function readOperations(): Promise<void> {
  for (const path of ['/metrics', '/health/ready', '/openapi.json', '/docs', '/rest/egress']) {
    await call({ method: 'GET', path });
  }
  for (const path of ['/metrics', '/health/ready']) await call({ method: 'GET', path }, platform.workerPort);
  const queues = '/admin/queues/api/queues';
  for (const status of ['failed', 'delayed', 'latest']) {
    for (const name of ['events-open', 'events-sent', 'deliveries', 'retries']) {
      await call({ method: 'GET', path: `${queues}?activeQueue=${name}&status=${status}` });
    }
  }
}

const logs = (): Written =>
  new Map(platform.lines.map((line, index) => [`log line ${index}`, asBytes(line)]));

/** Before redact() has seen it; errors with all that they carry. */
function asBytes(line: object): Buffer {
  return Buffer.from(
    JSON.stringify(line, (_name, value: unknown) =>
      value instanceof Error ? { ...value, message: value.message, stack: value.stack } : value,
    ),
  );
}

const redis = () => readRedis(platform.redis, platform.config.queuePrefix);
const mysql = () => readMysql(platform.config.databaseUrl);
const secrets = [...Object.values(SECRETS), ENCRYPTION_KEY.toString()];

describe('a secret that the system was given', () => {
  it('was used: it is in what goes to the customer and to the proxy', () => {
    const headers = new Map([['requests', asBytes(customer.requests.map((request) => request.headers))]]);
    for (const secret of [SECRETS.basicAuth, SECRETS.keyAuth, SECRETS.older]) {
      expect(findIn(headers, [secret])).not.toEqual([]);
    }
    const signatures = customer.requests.map((request) => String(request.headers['webhook-signature']));
    expect(signatures.some((text) => text.split(' ').length === 2)).toBe(true);
    const asked = new Map([['proxy', asBytes(proxy.asked)]]);
    expect(findIn(asked, [SECRETS.proxy])).not.toEqual([]);
  });

  it('is in no line of the logs, even before they are redacted', () => {
    const lines = logs();
    expect(lines.size).toBeGreaterThan(30);
    expect(findIn(lines, secrets)).toEqual([]);
  });

  it('is in no key and no value of Redis', async () => {
    const written = await redis();
    expect(findIn(written, ['open']).length).toBeGreaterThan(5);
    expect(findIn(written, secrets)).toEqual([]);
  });

  it('is in no row of MySQL', async () => {
    const written = await mysql();
    expect(findIn(written, ['visible-user', 'X-Visible-Key']).length).toBeGreaterThan(2);
    expect(findIn(written, secrets)).toEqual([]);
  });

  it('is in no answer: API, Bull Board, metrics, health', () => {
    const statuses = new Set([...answers.keys()].map((place) => place.match(/→ (\d+)/)?.[1]));
    expect([...statuses]).toEqual(expect.arrayContaining(['200', '201', '400', '401', '404', '413', '500']));
    expect([...statuses]).toEqual(expect.arrayContaining(['409', '415', '429']));
    expect(findIn(answers, ['visible-user']).length).toBeGreaterThan(5);
    expect(findIn(answers, secrets)).toEqual([]);
  });
});

describe("a recipient's address", () => {
  it('is in no line of the logs, even before they are redacted', () => {
    expect(findIn(logs(), [RECIPIENT])).toEqual([]);
  });

  it('is in no row of MySQL, also of the events that are kept there', async () => {
    const kept = async () => ((await mysql()).get('kept_chunk')?.length ?? 0) > 0;
    await waitUntil(kept, { what: 'archived events in MySQL' });
    expect(findIn(await mysql(), [RECIPIENT])).toEqual([]);
  });

  it('is in Redis in the events themselves only, never in a key or a reason', async () => {
    const written = await redis();
    const inData = findIn(written, [RECIPIENT]).filter((place) => place.includes('events-'));
    expect(inData.length).toBeGreaterThan(3);
    const keys = new Map([...written.keys()].map((key) => [key, Buffer.from(key)]));
    expect(findIn(keys, [RECIPIENT])).toEqual([]);
    const failed = await platform.queues.events('open').getFailed();
    expect(failed.length).toBeGreaterThan(2);
    const reasons = new Map(failed.map(({ id, failedReason }) => [String(id), Buffer.from(failedReason)]));
    expect(findIn(reasons, [RECIPIENT])).toEqual([]);
  });

  it('is in no answer, not even in the jobs that Bull Board shows', () => {
    const jobs = new Map([...answers].filter(([place]) => place.includes('/admin/queues')));
    expect(findIn(jobs, ['recipientId'])).not.toEqual([]);
    expect(findIn(answers, [RECIPIENT])).toEqual([]);
  });
});

describe('the search', () => {
  it.each(['plain S5-bäsic-"q9"-Lh', '{"a":"S5-bäsic-\\"q9\\"-Lh"}'])('finds %s', (text) => {
    expect(findIn(new Map([['there', Buffer.from(text)]]), [SECRETS.basicAuth])).toHaveLength(1);
  });

  it.each(['', 'a', 'ab', 'abc'])('finds base64 wherever it begins: after "%s"', (before) => {
    const bytes = Buffer.from(Buffer.from(`${before}:${SECRETS.keyAuth}:more`).toString('base64'));
    expect(findIn(new Map([['there', bytes]]), [SECRETS.keyAuth])).toHaveLength(1);
  });
});
