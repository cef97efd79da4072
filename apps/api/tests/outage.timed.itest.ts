import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { startTestApi } from './apiFixture.ts';
import { ALL, ContractClient, expectProblem, type Operation } from './contractClient.ts';
import { send } from './httpClient.ts';

/** The contract's 503, and what a caller sees while a part of the system is away. */
const LIMIT_MS = 2000;

/** Events go to Redis alone. */
const WITHOUT_MYSQL: readonly Operation[] = ['events'];
const BY_MYSQL = ALL.filter((operation) => !WITHOUT_MYSQL.includes(operation));

let contract: ContractClient;

beforeAll(async () => {
  contract = await ContractClient.start({ WEBHOOKS_PER_CLIENT: '50' });
});

afterAll(() => contract.stop());

async function inTime<T>(promise: Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await promise;
  expect(performance.now() - began).toBeLessThan(LIMIT_MS);
  return result;
}

const readiness = () => contract.api.call({ method: 'GET', path: '/health/ready', auth: null });

describe.each(['cut', 'hang'] as const)('while MySQL is away (%s)', (fault) => {
  it('operations → 503 in under 2 seconds, but events are taken, and it works again by itself afterwards', async () => {
    const webhooks = await Promise.all(BY_MYSQL.map((operation) => contract.ready(operation)));
    await contract.api.mysql[fault]();
    const answers = BY_MYSQL.map((operation, index) => inTime(contract.perform(operation, webhooks[index])));
    for (const answer of await Promise.all(answers)) {
      expectProblem(answer, 'unavailable');
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
    for (const operation of WITHOUT_MYSQL)
      expect(await inTime(contract.perform(operation, {}))).toMatchObject({ status: 202 });
    const ready = await inTime(readiness());
    expectProblem(ready, 'unavailable');
    expect(ready.body.detail).toBe('Not reachable: mysql.');
    const live = { method: 'GET', path: '/health/live', auth: null };
    expect(await contract.api.call(live)).toMatchObject({ status: 200 });
    await contract.api.mysql.pass();
    expect(await contract.perform('list', {})).toMatchObject({ status: 200 });
    expect(await readiness()).toMatchObject({ status: 200 });
  });

  it('an API that starts then answers 503 until MySQL is back', async () => {
    const api = await startTestApi();
    await api.stop();
    await api.mysql[fault]();
    const late = await startTestApi({ DATABASE_URL: api.mysql.url });
    const list = () => late.call({ method: 'GET', path: '/rest/1/webhooks' });
    expectProblem(await inTime(list()), 'unavailable');
    await api.mysql.pass();
    expect(await list()).toMatchObject({ status: 200 });
    await late.stop();
    await api.mysql.cut();
  });
});

describe.each(['cut', 'hang'] as const)('while Redis is away (%s)', (fault) => {
  it('changes stand, and are answered in under 2 seconds', async () => {
    const webhook = await contract.ready('create');
    await contract.api.redis[fault]();
    for (const [operation, status] of [
      ['create', 201],
      ['activate', 200],
      ['update', 200],
      ['deactivate', 200],
      ['delete', 204],
    ] as const) {
      expect(await inTime(contract.perform(operation, webhook))).toMatchObject({ status });
    }
    expect(contract.api.lines.join()).toContain('Could not announce a change');
    const ready = await inTime(readiness());
    expectProblem(ready, 'unavailable');
    expect(ready.body.detail).toBe('Not reachable: redis.');
    await contract.api.redis.pass();
    await waitUntil(async () => (await readiness()).status === 200, { what: 'Redis to be back' });
  });
});

describe('health', () => {
  it('needs no credentials, and tells nothing but itself', async () => {
    for (const path of ['/health/live', '/health/ready']) {
      const answer = await send(contract.api.port, { method: 'GET', path });
      expect(answer).toMatchObject({ status: 200, body: { status: 'ok' } });
    }
  });

  it('has metrics for Prometheus', async () => {
    const { status, headers, text } = await send(contract.api.port, { method: 'GET', path: '/metrics' });
    expect(status).toBe(200);
    expect(headers['content-type']).toContain('text/plain');
    expect(text).toMatch(
      /^postrider_http_request_seconds_count\{method="POST",route="[^"]+",status="2xx"\} \d+$/m,
    );
    expect(text).toContain('process_resident_memory_bytes');
  });
});
