import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { createPublisher, type Publisher } from '#libs/publisher/publisher.ts';
import { type Answer, type Customer, startCustomer } from '#libs/testing/customer.ts';
import { makeEvent, makeEvents } from '#libs/testing/fixtures.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { AdminClient, type WebhookFields, type WebhookRef } from './adminClient.ts';
import { Program } from './childProcess.ts';
import { Queues } from './queues.ts';
import { migratedSettings, newClientId, OPERATOR } from './settings.ts';

/** Whatever must not be in any line. Each is sent through the system below. */
const SECRETS = ['pass-basic-7', 'phrase-key-7', 'open_sesame', 'user:pw-in-url'];
const ADDRESSES = ['jane.roe@customer.example', 'jörg@müller.example', 'john.smith@example.com'];
const ECHO: Answer = { status: 500, body: `{"error":"mailbox ${ADDRESSES[0]} unknown, pass-basic-7"}` };

let settings: Record<string, string>;
let worker: Program;
let api: Program;
let admin: AdminClient;
let publisher: Publisher;
let redis: Redis;
let queues: Queues;
const customers: Customer[] = [];

beforeAll(async () => {
  settings = {
    ...(await migratedSettings()),
    RETRY_INTERVAL_MS: '150',
    DELIVERY_TIMEOUT_MS: '500',
    LOG_LEVEL: 'debug',
  };
  worker = new Program('worker', settings);
  api = new Program('api', settings);
  await worker.logged('Ready');
  const { port } = await api.logged('Ready');
  admin = new AdminClient({ port: Number(port), auth: OPERATOR });
  redis = new Redis(settings.REDIS_URL ?? '');
  queues = new Queues({ redis, prefix: settings.QUEUE_PREFIX ?? '' });
  publisher = createPublisher({ redisUrl: settings.REDIS_URL ?? '', prefix: settings.QUEUE_PREFIX ?? '' });
});

afterAll(async () => {
  await Promise.all([worker.stop(), api.stop(), publisher.close(), queues.close()]);
  redis.disconnect();
  await Promise.all(customers.map((customer) => customer.close()));
});

async function customerThat(...script: Answer[]): Promise<Customer> {
  const customer = await startCustomer({ script });
  customers.push(customer);
  return customer;
}

async function activated(fields: Omit<WebhookFields, 'type'>): Promise<WebhookRef> {
  const webhook = await admin.create(newClientId(), { type: 'open', ...fields });
  await admin.activate(webhook);
  return webhook;
}

function linesOf(program: Program): Record<string, unknown>[] {
  return program.lines.map((line) => JSON.parse(line));
}

function batchLines({ id }: WebhookRef) {
  return linesOf(worker).filter(
    ({ message, webhookId }) => /^Batch /.test(String(message)) && webhookId === id,
  );
}

async function untilFailed(webhook: WebhookRef): Promise<Record<string, unknown>> {
  await waitUntil(() => batchLines(webhook).length > 0, { what: 'a failed batch' });
  return batchLines(webhook)[0] ?? {};
}

describe('The log', () => {
  it('has one JSON line per batch at info', async () => {
    const customer = await customerThat({ status: 503 });
    const webhook = await activated({ targetUrl: customer.url });
    await publisher.publish(makeEvents(250, { clientId: webhook.clientId }));
    await customer.waitForAccepted(250);
    await waitUntil(() => batchLines(webhook).length >= 4, { what: 'a line for each batch' });
    expect(customer.requests.length).toBe(4);
    const common = {
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      level: 'info',
      service: 'worker',
      webhookId: webhook.id,
      clientId: webhook.clientId,
      type: 'open',
      durationMs: expect.any(Number),
    };
    const [failed, retried, second, last] = batchLines(webhook);
    expect(failed).toMatchObject({ ...common, message: 'Batch failed', lane: 'deliveries', events: 100 });
    expect(failed).toMatchObject({ attemptMin: 1, attemptMax: 1, httpStatusCode: 503, error: 'status' });
    expect(retried).toMatchObject({ ...common, message: 'Batch delivered', lane: 'retries', events: 100 });
    expect(retried).toMatchObject({ attemptMin: 2, attemptMax: 2, httpStatusCode: 200, error: null });
    expect(second).toMatchObject({ ...common, message: 'Batch delivered', lane: 'deliveries', events: 100 });
    expect(last).toMatchObject({ ...common, message: 'Batch delivered', lane: 'deliveries', events: 50 });
  });

  it('has the reason of each failure', async () => {
    const [hanging, resetting, echoing] = [
      await customerThat({ instead: 'hang' }),
      await customerThat({ instead: 'reset' }),
      await customerThat(ECHO),
    ];
    const authentication = { type: 'basicAuth', userName: 'anna', password: 'pass-basic-7' } as const;
    const targets = {
      timeout: hanging.url,
      reset: resetting.url,
      status: echoing.url,
      dns: 'http://nobody.invalid/',
    };
    for (const [error, url] of Object.entries(targets)) {
      const targetUrl = `${url}?to=${ADDRESSES[0]}&token=phrase-key-7`;
      const webhook = await activated({ targetUrl, authentication });
      await publisher.publish(makeEvent({ clientId: webhook.clientId, recipientId: ADDRESSES[1] }));
      expect(await untilFailed(webhook)).toMatchObject({ error, level: 'info' });
    }
  });

  it('has what was rejected', async () => {
    const bad = { ...makeEvent(), type: ADDRESSES[0], clientId: ADDRESSES[1] };
    await queues.events('open').add('open', { events: [bad] });
    expect(await worker.logged('Events rejected')).toMatchObject({ queue: 'events-open', events: 1 });
  });

  it('has a line for each request of the API', async () => {
    const customer = await customerThat();
    const authentication = { type: 'keyAuth', key: 'X-Key', passphrase: 'phrase-key-7' } as const;
    const webhook = await activated({ targetUrl: customer.url, authentication });
    await admin.verify(webhook, 7);
    const path = `/rest/${webhook.clientId}/webhooks/${webhook.id}/verify`;
    const line = await waitUntil(() => linesOf(api).find((each) => each.path === path), { what: 'the line' });
    expect(line).toMatchObject({
      level: 'info',
      service: 'api',
      method: 'GET',
      status: '200',
      user: 'operator',
    });
    await expect(
      admin.create(1, { type: 'open', targetUrl: `http://user:pw-in-url@x.example/` }),
    ).rejects.toThrow('400');
  });

  it('has neither a credential nor a recipient address in any line, nor anything that is no JSON', async () => {
    const programs = [worker, api];
    const all = programs.map(({ stdout, stderr }) => stdout + stderr).join('');
    expect(programs.map(({ stderr }) => stderr)).toEqual(['', '']);
    for (const line of programs.flatMap(({ lines }) => lines)) {
      expect(JSON.parse(line)).toMatchObject({ time: expect.any(String), level: expect.any(String) });
    }
    const { password, username } = new URL(settings.DATABASE_URL ?? '');
    const ours = [settings.ENCRYPTION_KEY ?? '', ...(password ? [password, `${username}:`] : [])];
    for (const secret of [...SECRETS, ...ours, ...ADDRESSES, btoa('anna:pass-basic-7')])
      expect(all).not.toContain(secret);
    expect(all.match(/[^\s"/]+@[^\s"]+\.[a-z]{2,}/gi)).toBeNull();
  });

  it('nor has a queue or anything else in Redis a credential', async () => {
    for (const key of await redis.keys(`*${settings.QUEUE_PREFIX}*`)) {
      const content = await readKey(key);
      for (const secret of SECRETS.slice(0, 3))
        expect({ key, content: content.includes(secret) }).toEqual({ key, content: false });
    }
  });

  async function readKey(key: string): Promise<string> {
    const type = await redis.type(key);
    const read: Record<string, () => Promise<unknown>> = {
      string: () => redis.get(key),
      hash: () => redis.hgetall(key),
      list: () => redis.lrange(key, 0, -1),
      zset: () => redis.zrange(key, '0', '-1'),
      stream: () => redis.xrange(key, '-', '+'),
    };
    return JSON.stringify((await read[type]?.()) ?? '');
  }
});
