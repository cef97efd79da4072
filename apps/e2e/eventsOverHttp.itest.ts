import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import type { ReceivedEvent } from '#libs/testing/customer.ts';
import { type OwnRedis, startOwnRedis } from '#libs/testing/ownRedis.ts';
import { type Answer, send } from '../api/tests/httpClient.ts';
import { numbered, numbersOf, range } from './numbered.ts';
import { type Platform, startPlatform } from './platform.ts';
import { OPERATOR } from './settings.ts';

/** Below what any Redis uses when it is empty. */
const ALWAYS_FULL = '1';

let server: OwnRedis;
let redis: Redis;
let platform: Platform;

beforeAll(async () => {
  server = await startOwnRedis();
  redis = new Redis(server.url, { maxRetriesPerRequest: null });
  platform = await startPlatform({ REDIS_URL: server.url });
});
afterAll(async () => {
  await platform.stop();
  redis.disconnect();
  await server.close();
});

const limit = (maxmemory: string) => redis.config('SET', 'maxmemory', maxmemory);
afterEach(() => limit('0'));

function post(clientId: number, raw: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> {
  const all = { 'Content-Type': 'application/json', ...headers };
  return send(platform.apiPort, {
    method: 'POST',
    path: `/rest/${clientId}/events`,
    auth: OPERATOR,
    raw,
    headers: all,
  });
}

describe('POST /rest/{clientId}/events (contract §5)', () => {
  it('delivers what it was given, unchanged but for the attempt, in its order', async () => {
    const customer = await platform.customer();
    const { match, clientId } = await platform.activated({ customer });
    const events = numbered(250, match).map((event) => ({
      z: 1,
      ...event,
      more: { b: ['ä', null], a: 1.5 },
    }));
    const headers = { 'Content-Type': 'application/x-ndjson', 'Content-Encoding': 'gzip' };
    const lines = gzipSync(events.map((event) => JSON.stringify(event)).join('\n'));
    expect(await post(clientId, lines, headers)).toMatchObject({
      status: 202,
      body: { accepted: 250, rejected: [] },
    });
    await customer.waitForAccepted(250);
    const bodies = customer.requests.map(({ rawBody }) => rawBody.slice(1, -1));
    const sent = events.map((event) => JSON.stringify({ ...event, attempt: 1 }));
    expect(bodies.join(',\n')).toBe(sent.join(',\n'));
  });

  it('delivers once what is asked for twice under one key', async () => {
    const customer = await platform.customer();
    const { match, clientId } = await platform.activated({ customer });
    const body = JSON.stringify(numbered(5, match));
    const answers = await Promise.all([1, 2, 3].map(() => post(clientId, body, { 'Idempotency-Key': 'k' })));
    for (const { status } of answers) expect([202, 409]).toContain(status);
    expect(await post(clientId, body, { 'Idempotency-Key': 'k' })).toMatchObject({ body: { accepted: 5 } });
    // What comes after it shows that nothing of it comes any more.
    await post(clientId, JSON.stringify(numbered(1, { ...match, first: 6 })));
    expect(numbersOf(await customer.waitForAccepted(6))).toEqual(range(1, 6));
  });

  it('→ 503 while Redis is full, and the same request is taken when it has memory again', async () => {
    const customer = await platform.customer();
    const { match, clientId } = await platform.activated({ customer });
    const body = JSON.stringify(numbered(50, match));
    const keyed = { 'Idempotency-Key': 'full' };
    await limit(ALWAYS_FULL);
    for (const headers of [{}, keyed]) {
      const answer = await post(clientId, body, headers);
      expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
      expect(answer.body.detail).toContain('The queues are full');
    }
    await limit('0');
    expect(await post(clientId, body, keyed)).toMatchObject({ status: 202, body: { accepted: 50 } });
    const events: ReceivedEvent[] = await customer.waitForAccepted(50);
    expect(numbersOf(events)).toEqual(range(1, 50));
  });
});
