import { type ClientRequest, request as httpRequest } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { makeEvent } from '#libs/testing/fixtures.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { HELD_LIMITS } from '../events/heldBytes.ts';
import { OPERATOR } from './apiFixture.ts';
import { ContractClient, expectProblem } from './contractClient.ts';

/** The contract's §5: events over HTTP, where there is no room for them. */
const LARGEST = 4 * 1_048_576;
const [HUNGRY, OTHER, THIRD] = [7001, 7002, 7003];

let contract: ContractClient;
const waiting: ClientRequest[] = [];

beforeAll(async () => {
  contract = await ContractClient.start();
});
afterEach(() => letGo());
afterAll(() => contract.stop());

/** Requests that announce large bodies and do not send them. */
function announce(clientId: number, count: number): void {
  for (let n = 0; n < count; n += 1) {
    const request = httpRequest({
      port: contract.api.port,
      host: '127.0.0.1',
      method: 'POST',
      path: `/rest/${clientId}/events`,
      auth: OPERATOR,
      agent: false,
      headers: { 'Content-Type': 'application/json', 'Content-Length': LARGEST },
    });
    request.on('error', () => undefined).on('response', (response) => response.resume());
    request.write('[');
    waiting.push(request);
  }
}

function letGo(): void {
  for (const request of waiting.splice(0)) request.destroy();
}

const post = (clientId: number) => {
  return contract.perform('events', { client: clientId }, { json: [makeEvent({ clientId })] });
};

const answered = (clientId: number, wanted: number) =>
  waitUntil(
    async () => {
      const answer = await post(clientId);
      return answer.status === wanted && answer;
    },
    { what: `a ${wanted} for client ${clientId}` },
  );

describe('POST /events', () => {
  it('→ 429 for a client with too much under way, who takes nothing from the others; → 503 when all have', async () => {
    const full = HELD_LIMITS.perClient / LARGEST;
    announce(HUNGRY, full);
    const tooMany = await answered(HUNGRY, 429);
    expectProblem(tooMany, 'too-many-requests');
    expect(tooMany.headers['retry-after']).toBe('1');
    expect(await post(OTHER)).toMatchObject({ status: 202, body: { accepted: 1 } });

    announce(OTHER, HELD_LIMITS.total / LARGEST - full);
    const unavailable = await answered(THIRD, 503);
    expectProblem(unavailable, 'unavailable');
    expect(unavailable.headers['retry-after']).toBe('1');

    letGo();
    for (const clientId of [HUNGRY, OTHER, THIRD]) {
      expect(await answered(clientId, 202)).toMatchObject({ body: { accepted: 1 } });
    }
  });

  it('→ 503 while Redis takes commands and never answers', async () => {
    contract.api.redis.hang();
    const key = { 'Idempotency-Key': 'hangs' };
    for (const headers of [key, {}]) {
      const json = [makeEvent({ clientId: OTHER })];
      const answer = await contract.perform('events', { client: OTHER }, { json, headers });
      expectProblem(answer, 'unavailable');
      expect(answer.headers['retry-after']).toBe('5');
    }
    await contract.api.redis.pass();
    await answered(OTHER, 202);
  });
});
