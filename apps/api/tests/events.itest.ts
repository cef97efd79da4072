import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { eventQueueName } from '#libs/publisher/queueNames.ts';
import { makeEvent } from '#libs/testing/fixtures.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { ContractClient, expectFields, expectProblem } from './contractClient.ts';
import type { Answer } from './httpClient.ts';

/** The contract's §5: events over HTTP. No worker is there: what was queued can be looked at. */
const JSON_TYPE = 'application/json';
const MIB = 1_048_576;

let contract: ContractClient;
let redis: Redis;

beforeAll(async () => {
  contract = await ContractClient.start();
  redis = new Redis(contract.api.redisUrl, { maxRetriesPerRequest: null });
});

afterAll(async () => {
  redis.disconnect();
  await contract.stop();
});

function post(
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
  client = contract.clientId,
): Promise<Answer> {
  const raw = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const all = { 'Content-Type': JSON_TYPE, ...headers };
  return contract.perform('events', { client }, { raw, json: undefined, headers: all });
}

/** What is in the queue of `click` for a client, in its order, as JSON. */
async function queued(client = contract.clientId): Promise<string[]> {
  const queue = new Queue(eventQueueName('click'), { connection: redis, prefix: contract.api.prefix });
  const jobs = await queue.getJobs(['wait', 'prioritized'], 0, -1, true);
  await queue.close();
  const events = jobs.flatMap(({ data }) => data.events as { readonly clientId: number }[]);
  return events.filter(({ clientId }) => clientId === client).map((event) => JSON.stringify(event));
}

/** Events of a client that has not had any. */
function events(count: number, more: object = {}): object[] {
  contract.clientId += 1;
  return Array.from({ length: count }, (_, n) => {
    return { ...makeEvent({ type: 'click', clientId: contract.clientId }), n, ...more };
  });
}

const texts = (given: readonly object[]) => given.map((event) => JSON.stringify(event));
const ndjson = (given: readonly object[]) => texts(given).join('\n');

describe('POST /events', () => {
  it.each<[string, (given: object[]) => Promise<Answer>]>([
    ['an array', (given) => post(given)],
    ['an object with events', (given) => post({ events: given })],
    ['lines', (given) => post(ndjson(given), { 'Content-Type': 'application/x-ndjson' })],
    ['an array in gzip', (given) => post(gzipSync(JSON.stringify(given)), { 'Content-Encoding': 'gzip' })],
    [
      'an array in zstd',
      (given) => post(zstdCompressSync(JSON.stringify(given)), { 'Content-Encoding': 'zstd' }),
    ],
    [
      'lines in zstd',
      (given) =>
        post(zstdCompressSync(ndjson(given)), {
          'Content-Type': 'application/x-ndjson; charset=UTF-8',
          'Content-Encoding': 'ZSTD',
        }),
    ],
  ])('→ 202 for %s, and the events are in their queue as they came', async (_how, send) => {
    const given = events(1000, { z: 'ä\u2028', a: { z: [], a: null }, id: '9007199254740993' });
    expect(await send(given)).toMatchObject({ status: 202, body: { accepted: 1000, rejected: [] } });
    expect(await queued()).toEqual(texts(given));
  });

  it('→ 202 with what is rejected, at its index; the rest is queued', async () => {
    const [first, second, third] = events(3);
    const foreign = { ...second, clientId: contract.clientId + 1000 };
    const answer = await post([first, foreign, 7, third, { ...first, type: 'opened' }]);
    expect(answer).toMatchObject({ status: 202, body: { accepted: 2 } });
    expect(answer.body.rejected).toEqual([
      {
        index: 1,
        reason: `"clientId" must be ${contract.clientId}, as in the path, got ${foreign.clientId}`,
      },
      { index: 2, reason: 'an event must be a JSON object, got 7' },
      { index: 4, reason: '"type" must be a known event type, got "opened"' },
    ]);
    expect(await queued()).toEqual(texts([first ?? {}, third ?? {}]));
    expect(await queued(foreign.clientId)).toEqual([]);
  });

  it.each<[string, string | Buffer, Record<string, string>]>([
    ['what is not gzip', '[]', { 'Content-Encoding': 'gzip' }],
    ['half of a gzip', gzipSync('[1,2,3]').subarray(0, 20), { 'Content-Encoding': 'gzip' }],
    ['what is not zstd', '[]', { 'Content-Encoding': 'zstd' }],
    ['no JSON', '[{]', {}],
    ['no UTF-8', Buffer.from('["\xe4"]', 'latin1'), {}],
    ['a text', '"x"', {}],
    ['no body', '', {}],
  ])('→ 400 for %s', async (_what, raw, headers) => {
    expectProblem(await post(raw, headers), 'malformed-request');
  });

  it('→ 400 for a single event, which is no list', async () => {
    expectFields(await post(events(1)[0]), ['events']);
  });

  it.each([
    ['another encoding', { 'Content-Encoding': 'br' }],
    ['two encodings', { 'Content-Encoding': 'gzip, gzip' }],
    ['another type', { 'Content-Type': 'application/x-www-form-urlencoded' }],
    ['another charset', { 'Content-Type': 'application/x-ndjson; charset="iso-8859-1"' }],
  ])('→ 415 for %s', async (_what, headers) => {
    expectProblem(await post('[]', headers), 'unsupported-media-type');
  });

  it('→ 413 for more than 1,000 events, and for a body over the limit', async () => {
    expectProblem(await post(events(1001)), 'body-too-large');
    expectProblem(await post(' '.repeat(4 * MIB + 1)), 'body-too-large');
    expect(await post(`${' '.repeat(4 * MIB - 2)}[]`)).toMatchObject({ status: 202 });
    expect(await queued()).toEqual([]);
  });

  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('→ 413 for a decompression bomb in %s, whatever it would become', async (encoding, compress) => {
    const bomb = compress(Buffer.alloc(64 * MIB, ' '));
    expect(bomb.length).toBeLessThan(MIB);
    const before = process.memoryUsage.rss();
    const headers = { 'Content-Encoding': encoding };
    for (const answer of await Promise.all(Array.from({ length: 8 }, () => post(bomb, headers)))) {
      expectProblem(answer, 'body-too-large');
    }
    expect(process.memoryUsage.rss() - before).toBeLessThan(200 * MIB);
  });
});

describe('an Idempotency-Key', () => {
  const withKey = (key: string) => ({ 'Idempotency-Key': key });

  it('has the same answer for the same request, and queues nothing twice', async () => {
    const given = [...events(3), 'x'];
    const first = await post(given, withKey('one'));
    expect(first).toMatchObject({ status: 202, body: { accepted: 3, rejected: [{ index: 3 }] } });
    const packed = gzipSync(JSON.stringify(given));
    for (const again of [
      await post(given, withKey('one')),
      await post(given, withKey('"one"')),
      await post(packed, { ...withKey('one'), 'Content-Encoding': 'gzip' }),
    ]) {
      expect(again).toMatchObject({ status: 202, text: first.text });
    }
    expect(await queued()).toHaveLength(3);
  });

  it('is a client’s own, and one for a request', async () => {
    const given = events(1);
    await post(given, withKey('own'));
    await post(given, withKey('other'));
    await post(given);
    expect(await queued()).toHaveLength(3);
    await post(events(1), withKey('own'));
    expect(await queued()).toHaveLength(1);
  });

  it('→ 422 with another body', async () => {
    const given = events(2);
    await post(given, withKey('two'));
    expectProblem(await post(given.slice(1), withKey('two')), 'key-reused');
    expect(await queued()).toHaveLength(2);
  });

  it('→ 409 while the same request is under way: of many at once, one queues', async () => {
    const given = events(500);
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(given, withKey('many'))));
    for (const answer of answers) if (answer.status !== 202) expectProblem(answer, 'key-in-use');
    expect(answers.filter(({ status }) => status === 202).length).toBeGreaterThan(0);
    expect(await queued()).toHaveLength(500);
  });

  it('is remembered for a day, without the key or anything of the events', async () => {
    const given = events(1, { recipientId: 'anna@example.com' });
    await post(given, withKey('anna@example.com'));
    const names = await redis.keys(`${contract.api.prefix}:idempotency:*`);
    const kept = await Promise.all(
      names.map(async (name) => [name, await redis.get(name), await redis.pttl(name)]),
    );
    expect(kept.length).toBeGreaterThan(0);
    for (const [name, value, ttlMs] of kept) {
      expect(`${name}${value}`).not.toMatch(/anna/);
      expect(value).toMatch(/^done:/);
      expect(Number(ttlMs)).toBeGreaterThan(86_000_000);
      expect(Number(ttlMs)).toBeLessThanOrEqual(86_400_000);
    }
  });

  it('is free again when nothing could be queued, which is said within seconds', async () => {
    const given = events(2);
    await contract.api.redis.cut();
    for (const headers of [withKey('again'), {}]) {
      const answer = await post(given, headers);
      expectProblem(answer, 'unavailable');
      expect(answer.headers['retry-after']).toBe('5');
    }
    await contract.api.redis.pass();
    await waitUntil(async () => (await post(given, withKey('again'))).status === 202, {
      what: 'Redis to be back',
    });
    expect(await queued()).toEqual(texts(given));
  });

  it.each(['', ' '.repeat(3), 'x'.repeat(256), 'schlüssel'])('→ 400 for "%s"', async (key) => {
    expectFields(await post([], withKey(key)), ['Idempotency-Key']);
  });
});
