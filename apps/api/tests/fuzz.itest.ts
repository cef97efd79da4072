import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OPERATIONS } from '../openapi/operations.ts';
import { CLIENT, startTestApi, type TestApi } from './apiFixture.ts';
import { anyBody, anyHeaders, anyPath, anyQuery, type FuzzBody } from './fuzzInputs.ts';

/**
 * Whatever comes in: an answer of below 500, in time, and every error as problem+json. All inputs of a run follow from
 * one seed, which is printed; POSTRIDER_FUZZ_SEED repeats a run.
 */
const SEED = Number(process.env.POSTRIDER_FUZZ_SEED ?? Date.now() % 2 ** 31);
/** With the jobs of apps/e2e/fuzz.itest.ts, more than 20,000 inputs. */
const RUNS_PER_OPERATION = 960;
const RAW_RUNS = 480;
const EXPECTED_INPUTS = 12_500;
const AT_ONCE = 16;
/** Far more than a healthy answer takes on a busy machine, and less than a hang. */
const ANSWER_MS = 15_000;

let api: TestApi;
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
const unlimited = { RATE_LIMIT_PER_USER: '0', RATE_LIMIT_PER_ADDRESS: '0', LOGIN_FAILURES: '1000000' };

beforeAll(async () => {
  process.stdout.write(`The fuzz's seed: POSTRIDER_FUZZ_SEED=${SEED}\n`);
  // Targets are at addresses that nothing is sent to: names would be asked of the machine's name server.
  api = await startTestApi({ ...unlimited, DELIVERY_TIMEOUT_MS: '1000' });
});

afterAll(async () => {
  agent.destroy();
  await api.stop();
});

interface Fuzzed {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: FuzzBody;
}

interface Seen {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

function send({ method, path, query, headers, body }: Fuzzed): Promise<Seen> {
  const { promise, resolve, reject } = Promise.withResolvers<Seen>();
  const request = httpRequest(
    {
      agent,
      port: api.port,
      method,
      path: `${path}${query}`,
      timeout: ANSWER_MS,
      headers: {
        Authorization: `Basic ${Buffer.from('operator:open_sesame').toString('base64')}`,
        ...(body.bytes && { 'Content-Type': body.type, 'Content-Length': body.bytes.length }),
        ...headers,
      },
    },
    async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString();
      resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', text });
    },
  );
  request.on('timeout', () => request.destroy(new Error(`no answer within ${ANSWER_MS} ms`)));
  request.on('error', reject);
  request.end(body.bytes ?? undefined);
  return promise;
}

function expectSound({ status, type, text }: Seen): void {
  expect({ status, text, isServerError: status >= 500 }).toEqual({ status, text, isServerError: false });
  if (status < 400) return;
  expect(type).toBe('application/problem+json; charset=utf-8');
  const problem = JSON.parse(text);
  expect(problem).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
  expect(text).not.toMatch(/\n\s+at |node_modules|\.ts:\d/);
}

/** Several inputs a run, sent at once: a check waits for the slowest of them, not for each. */
async function fuzz(inputs: fc.Arbitrary<Fuzzed>, runs: number): Promise<number> {
  let sent = 0;
  const property = fc.asyncProperty(
    fc.array(inputs, { minLength: AT_ONCE, maxLength: AT_ONCE }),
    async (many) => {
      for (const seen of await Promise.all(many.map(send))) {
        sent += 1;
        statuses.add(seen.status);
        expectSound(seen);
      }
    },
  );
  await fc.assert(property, { seed: SEED, numRuns: Math.ceil(runs / AT_ONCE), endOnFailure: true });
  return sent;
}

const PATHS = ['/rest/egress', '/admin/queues', '/openapi.json', '/docs', '/health/live', '/metrics'];
const statuses = new Set<number>();
let total = 0;

describe('any input', () => {
  it.each(
    OPERATIONS.map(({ id, method, path, body }) => ({ id, method, path, hasBody: body !== undefined })),
  )(
    'for $id is answered soundly',
    async ({ method, path, hasBody }) => {
      const inputs = fc.record({
        method: fc.constant(method.toUpperCase()),
        path: anyPath(path),
        query: anyQuery,
        headers: anyHeaders,
        body: hasBody || method === 'post' ? anyBody : fc.constant<FuzzBody>({ bytes: null, type: '' }),
      });
      total += await fuzz(inputs, RUNS_PER_OPERATION);
    },
    120_000,
  );

  it('on any path with any method is answered soundly', async () => {
    const inputs = fc.record({
      method: fc.constantFrom(
        'GET',
        'POST',
        'PUT',
        'DELETE',
        'PATCH',
        'OPTIONS',
        'TRACE',
        'PROPFIND',
        'QUERY',
      ),
      path: fc.oneof(
        fc.constantFrom(...PATHS),
        anyPath('/rest/{clientId}/webhooks/{webhookId}/audit'),
        anyPath('/{x}'),
      ),
      query: anyQuery,
      headers: anyHeaders,
      body: anyBody,
    });
    total += await fuzz(inputs, 2 * RUNS_PER_OPERATION);
  }, 120_000);

  it('as a user name and password is answered soundly', async () => {
    const credentials = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom(CLIENT, 'operator:', ':', '\u0000:\u0000'),
      fc.string({ minLength: 1000, maxLength: 2000 }),
    );
    const authorization = fc.oneof(
      { weight: 1, arbitrary: credentials.map((pair) => `Basic ${Buffer.from(pair).toString('base64')}`) },
      { weight: 40, arbitrary: fc.string({ unit: 'grapheme-ascii', maxLength: 60 }) },
    );
    const inputs = authorization.map((Authorization) => ({
      method: 'GET',
      path: '/rest/1/webhooks',
      query: '',
      headers: { Authorization },
      body: { bytes: null, type: '' },
    }));
    total += await fuzz(inputs, RUNS_PER_OPERATION);
  }, 120_000);

  it('as bytes on a connection leaves the server standing', async () => {
    const line = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.constantFrom('GET / HTTP/1.1', 'POST /rest/1/webhooks HTTP/1.1', 'Host: x', 'Content-Length: -1'),
      fc.constantFrom(
        'Transfer-Encoding: chunked',
        'Content-Length: 5',
        'Expect: 100-continue',
        'Upgrade: x',
      ),
      fc.constantFrom(
        'Connection: upgrade',
        'ffffffffffffffff',
        '0',
        '',
        'GET * HTTP/9.9',
        'CONNECT a:1 HTTP/1.1',
      ),
    );
    const property = fc.asyncProperty(
      fc.array(fc.array(line, { maxLength: 8 }), { minLength: AT_ONCE, maxLength: AT_ONCE }),
      async (many) => {
        total += many.length;
        const answers = await Promise.all(many.map((lines) => sendRaw(`${lines.join('\r\n')}\r\n\r\n`)));
        for (const answer of answers) expect(answer).not.toMatch(/^HTTP\/1.1 5/);
      },
    );
    await fc.assert(property, { seed: SEED, numRuns: RAW_RUNS / AT_ONCE, endOnFailure: true });
    expect(await api.call({ method: 'GET', path: '/health/live' })).toMatchObject({ status: 200 });
  }, 120_000);

  it('was tried often enough, and nothing unexpected is in the log', () => {
    expect(total).toBeGreaterThan(EXPECTED_INPUTS);
    // It came far enough to be answered in many ways.
    expect([...statuses]).toEqual(expect.arrayContaining([200, 400, 401, 404, 405, 415]));
    expect(api.lines.filter((line) => line.includes('failed unexpectedly'))).toEqual([]);
  });
});

/** A server may wait a while for the rest of a request; its own time-outs are tested elsewhere. */
const RAW_IDLE_MS = 100;

/** What comes back to these bytes, until the server closes or has nothing more to say. */
function sendRaw(text: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect({ port: api.port, host: '127.0.0.1', allowHalfOpen: true });
  let answer = '';
  socket.setEncoding('latin1').on('data', (more) => {
    answer += more;
  });
  socket.on('error', () => resolve(answer));
  socket.on('close', () => resolve(answer));
  socket.on('end', () => socket.destroy());
  socket.setTimeout(RAW_IDLE_MS, () => socket.destroy());
  socket.end(text, 'latin1');
  return promise;
}
