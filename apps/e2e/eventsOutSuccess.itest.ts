import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createCertificate } from '#libs/target/tests/certificate.ts';
import { startRawServer } from '#libs/target/tests/rawServer.ts';
import { type Answer, type Customer, redirectTo } from '#libs/testing/customer.ts';
import { makeEvent } from '#libs/testing/fixtures.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { type Platform, startPlatform } from './platform.ts';
import { newClientId } from './settings.ts';

const INTERVAL_MS = 100;
const TIMEOUT_MS = 400;
/** Timers and Date.now() may differ by this. */
const CLOCK_MS = 5;

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform({
    RETRY_INTERVAL_MS: String(INTERVAL_MS),
    DELIVERY_TIMEOUT_MS: String(TIMEOUT_MS),
  });
});
afterAll(() => platform.stop());

function attempts({ requests }: Customer): unknown[] {
  return requests.map(({ body }) => (body as { attempt: number }[]).map(({ attempt }) => attempt));
}

/** Sends one event to a customer that answers so, then with 200; and waits until nothing is left to send. */
async function deliverTo(answer: Answer): Promise<Customer> {
  const customer = await platform.customer([answer]);
  const { match, type, id } = await platform.activated({ customer });
  await platform.publisher.publish(makeEvent(match));
  await customer.waitForAccepted(1);
  await platform.queues.idle(type, id);
  return customer;
}

describe('Events out (contract §3): success is status 200 and nothing else', () => {
  it.each<[string, Answer]>([
    ['nothing', {}],
    ['any body', { body: '{"error":"no, it is fine"}' }],
    ['a body of 100 KB', { body: 'x'.repeat(100_000) }],
    ['slowly', { delayMs: TIMEOUT_MS / 2 }],
  ])('200 with %s is a success', async (_name, answer) => {
    expect(attempts(await deliverTo(answer))).toEqual([[1]]);
  });

  it.each([201, 202, 204, 206, 299, 304, 400, 401, 404, 410, 429, 500, 503])(
    '%i is a failure, and the export is retried',
    async (status) => {
      expect(attempts(await deliverTo({ status }))).toEqual([[1], [2]]);
    },
  );

  it.each([301, 302, 303, 307, 308])('redirects are not followed: %i', async (status) => {
    const elsewhere = await platform.customer();
    expect(attempts(await deliverTo(redirectTo(elsewhere.url, status)))).toEqual([[1], [2]]);
    expect(elsewhere.requests).toEqual([]);
  });

  it('no answer within DELIVERY_TIMEOUT_MS is a failure', async () => {
    const customer = await deliverTo({ instead: 'hang' });
    expect(attempts(customer)).toEqual([[1], [2]]);
    const [first, second] = customer.requests.map(({ at }) => at);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(TIMEOUT_MS + INTERVAL_MS - CLOCK_MS);
  });

  it('an answer that comes after it is too late', async () => {
    expect(attempts(await deliverTo({ delayMs: 3 * TIMEOUT_MS }))).toEqual([[1], [2]]);
  });

  it('a connection that is reset is a failure', async () => {
    expect(attempts(await deliverTo({ instead: 'reset' }))).toEqual([[1], [2]]);
  });

  it('so is an answer that is no HTTP', async () => {
    const babbler = await startRawServer((socket) => socket.end('220 mail.example ESMTP\r\n'));
    expect(await failsAt(babbler.url)).toEqual('reset');
    await babbler.close();
  });

  it('a connection that is refused is a failure', async () => {
    const server = await startRawServer(() => {});
    await server.close();
    expect(await failsAt(server.url)).toEqual('refused');
  });

  it('a certificate that nobody vouches for is a failure', async () => {
    let requests = 0;
    const server = createServer(createCertificate(['127.0.0.1']), (_request, response) => {
      requests += 1;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await failsAt(`https://127.0.0.1:${port}/`)).toEqual('tls');
    expect(requests).toBe(0);
    server.close();
  });

  it('a name that does not exist is a failure', async () => {
    expect(await failsAt('http://nobody.invalid/')).toEqual('dns');
  });

  /** Lets one event fail at `targetUrl` twice, then delivers it elsewhere. Returns the kind of its failures. */
  async function failsAt(targetUrl: string): Promise<unknown> {
    const webhook = await platform.api.create(newClientId(), { type: 'open', targetUrl });
    await platform.api.activate(webhook);
    await platform.publisher.publish(makeEvent({ clientId: webhook.clientId }));
    const lines = () => platform.lines.filter(({ webhookId }) => webhookId === webhook.id);
    const failures = () => lines().filter(({ message }) => message === 'Batch failed');
    await waitUntil(() => failures().length >= 2, { what: `two failures at ${targetUrl}` });

    const customer = await platform.customer();
    await platform.api.update(webhook, { type: 'open', targetUrl: customer.url });
    const [event] = await customer.waitForAccepted(1);
    expect(event?.attempt).toBe(failures().length + 1);
    expect(failures()[0]?.httpStatusCode).toBe(0);
    return failures()[0]?.error;
  }
});
