import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import type { Customer, ReceivedRequest } from '#libs/testing/customer.ts';
import { makeEvents } from '#libs/testing/fixtures.ts';
import { type ActivatedWebhook, type Platform, startPlatform } from './platform.ts';

const secretOf = (text: string) => `whsec_${Buffer.from(text.padEnd(24, '.')).toString('base64')}`;
const [FIRST, SECOND, STRANGE] = [secretOf('first'), secretOf('second'), secretOf('strange')];
const signing = (secret: string) => ({ type: 'standardWebhooks', secret }) as const;

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

function signatureOf({ headers }: ReceivedRequest): Record<string, string> {
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];
  return Object.fromEntries(names.map((name) => [name, String(headers[name])]));
}

function verify(secret: string, request: ReceivedRequest, body = request.rawBody): unknown {
  return new Webhook(secret).verify(body, signatureOf(request));
}

async function deliver(customer: Customer, { match }: ActivatedWebhook, count = 3): Promise<ReceivedRequest> {
  const before = customer.acceptedEvents().length;
  await platform.publisher.publish(makeEvents(count, { ...match, recipientId: 'änne@example.com' }));
  await customer.waitForAccepted(before + count);
  const request = customer.requests.at(-1);
  if (!request) throw new Error('nothing came');
  return request;
}

describe('Signing (contract §5)', () => {
  it('a receiver with the secret takes a POST, and refuses one that was changed or is signed by another', async () => {
    const customer = await platform.customer();
    const webhook = await platform.activated({ customer, authentication: signing(FIRST) });
    const request = await deliver(customer, webhook);
    expect(verify(FIRST, request)).toEqual(request.body);
    expect(() => verify(FIRST, request, request.rawBody.replace('"attempt":1', '"attempt":2'))).toThrow();
    expect(() => verify(FIRST, request, `${request.rawBody} `)).toThrow();
    expect(() => verify(STRANGE, request)).toThrow('No matching signature');
    expect(Math.abs(Number(request.headers['webhook-timestamp']) * 1000 - request.at)).toBeLessThan(60_000);
  });

  it('after a change of secret, the next POST is signed with the new and the old one', async () => {
    const customer = await platform.customer();
    const webhook = await platform.activated({ customer, authentication: signing(FIRST) });
    await deliver(customer, webhook);
    const fields = { type: webhook.type, targetUrl: customer.url };
    await platform.api.update(webhook, { ...fields, authentication: signing(SECOND) });
    const request = await deliver(customer, webhook);
    for (const secret of [SECOND, FIRST]) expect(verify(secret, request)).toEqual(request.body);
    expect(signatureOf(request)['webhook-signature']?.split(' ')).toHaveLength(2);
  });

  it('a batch that is sent again keeps its id, and another has another', async () => {
    const customer = await platform.customer([{ status: 500 }, { instead: 'reset' }, { status: 503 }]);
    const webhook = await platform.activated({ customer, authentication: signing(FIRST) });
    const last = await deliver(customer, webhook);
    const next = await deliver(customer, webhook);
    const requests = customer.requests.slice(0, 4);
    expect(requests.at(-1)).toBe(last);
    expect(new Set(requests.map((request) => request.headers['webhook-id'])).size).toBe(1);
    expect(next.headers['webhook-id']).not.toBe(last.headers['webhook-id']);
    // Not the bytes: each event carries its attempt, and each transmission is signed for itself.
    expect(new Set(requests.map(({ rawBody }) => rawBody)).size).toBe(4);
    for (const request of requests) expect(verify(FIRST, request)).toEqual(request.body);
  });
});
