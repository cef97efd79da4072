import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createReceiver, nodeHandler, type ReceiverOptions } from '#libs/receiver/index.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { numbered, range } from './numbered.ts';
import { type Platform, startPlatform } from './platform.ts';
import { newClientId } from './settings.ts';

const SECRET = `whsec_${Buffer.alloc(32, 'k').toString('base64')}`;

let platform: Platform;
const servers: { close(): Promise<unknown> }[] = [];

beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(async () => {
  await platform.stop();
  for (const server of servers) await server.close();
});

/** A customer with the receiver. Its answers get lost as `isLost` says, after the events were handled. */
async function startReceiver({
  authentication,
  isLost = () => false,
}: Pick<ReceiverOptions, 'authentication'> & { isLost?: (post: number) => boolean }) {
  const handled: unknown[] = [];
  const statuses: number[] = [];
  const onEvents: ReceiverOptions['onEvents'] = (events) => void handled.push(...events.map(({ n }) => n));
  const handle = nodeHandler(createReceiver({ authentication, onEvents }), { onError: () => undefined });
  const server = createServer((request, response) => {
    const post = statuses.length;
    if (isLost(post)) loseAnswer(response);
    response.on('close', () => statuses.push(response.statusCode));
    handle(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push({
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { url, handled, statuses };
}

function loseAnswer(response: ServerResponse): void {
  response.end = () => response.destroy();
}

async function activate(
  url: string,
  authentication: Parameters<typeof platform.api.create>[1]['authentication'],
) {
  const clientId = newClientId();
  const webhook = await platform.api.create(clientId, {
    type: 'click',
    targetUrl: url,
    ...(authentication && { authentication }),
  });
  await platform.api.activate(webhook);
  return { type: 'click', clientId } as const;
}

describe('the receiver and Postrider', () => {
  it('agree on signatures, and each event is handled once although answers get lost', async () => {
    const receiver = await startReceiver({
      authentication: { type: 'standardWebhooks', secrets: [SECRET] },
      isLost: (post) => post < 2,
    });
    const match = await activate(receiver.url, { type: 'standardWebhooks', secret: SECRET });
    await platform.publisher.publish(numbered(150, match));
    await waitUntil(() => receiver.handled.length >= 150, { what: 'all events' });
    await waitUntil(() => receiver.statuses.length >= 4, { what: 'the repetitions' });
    expect(receiver.handled).toEqual(range(1, 150));
  });

  it.each([
    { type: 'basicAuth', userName: 'zoë', password: 'p:✓' } as const,
    { type: 'keyAuth', key: 'X-Key', passphrase: 'geheim ✓' } as const,
  ])('agree on $type', async (authentication) => {
    const receiver = await startReceiver({ authentication });
    const match = await activate(receiver.url, authentication);
    await platform.publisher.publish(numbered(3, match));
    await waitUntil(() => receiver.handled.length >= 3, { what: 'all events' });
    expect(receiver.handled).toEqual(range(1, 3));
  });

  it('the receiver takes nothing from a webhook with another secret', async () => {
    const receiver = await startReceiver({ authentication: { type: 'standardWebhooks', secrets: [SECRET] } });
    const match = await activate(receiver.url, {
      type: 'standardWebhooks',
      secret: SECRET.replace('a2', 'b2'),
    });
    await platform.publisher.publish(numbered(3, match));
    await waitUntil(() => receiver.statuses.length >= 2, { what: 'two tries' });
    expect(new Set(receiver.statuses)).toEqual(new Set([401]));
    expect(receiver.handled).toEqual([]);
  });
});
