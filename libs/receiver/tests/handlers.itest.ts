import { once } from 'node:events';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import express, { type ErrorRequestHandler } from 'express';
import Fastify from 'fastify';
import { Webhook } from 'standardwebhooks';
import { fastifyPlugin } from '../fastifyPlugin.ts';
import { createReceiver, expressHandler, nodeHandler, type Receiver } from '../index.ts';

const SECRET = `whsec_${Buffer.alloc(32, 'k').toString('base64')}`;
const PATH = '/events';

type Start = (
  receiver: Receiver,
  onError: (error: unknown) => void,
) => Promise<{ port: number; close(): Promise<unknown> }>;

async function listening(server: Server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return { port: (server.address() as AddressInfo).port, close };
}

const startNode: Start = (receiver, onError) => listening(createServer(nodeHandler(receiver, { onError })));

const startExpress: Start = (receiver, onError) => {
  const app = express();
  app.post(PATH, expressHandler(receiver));
  return listening(createServer(app.use(express.json(), tells(onError))));
};

const startRawExpress: Start = (receiver, onError) => {
  const app = express().use(express.raw({ type: 'application/json', limit: '1mb' }));
  app.post(PATH, expressHandler(receiver));
  return listening(createServer(app.use(tells(onError))));
};

function tells(onError: (error: unknown) => void): ErrorRequestHandler {
  return (error, _request, response, _next) => {
    onError(error);
    response.status(500).end();
  };
}

const startFastify: Start = async (receiver, onError) => {
  const fastify = Fastify();
  fastify.setErrorHandler(async (error: { statusCode?: number }, _request, reply) => {
    if (error.statusCode === undefined) onError(error);
    return reply.code(error.statusCode ?? 500).send();
  });
  fastify.register(fastifyPlugin(receiver, { path: PATH }));
  fastify.post('/other', async (request) => request.body);
  await fastify.listen({ port: 0, host: '127.0.0.1' });
  return { port: (fastify.server.address() as AddressInfo).port, close: () => fastify.close() };
};

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

function send(port: number, body: Buffer, headers: Record<string, string>, path = PATH) {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const all = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
    ...headers,
  };
  const request = httpRequest({ port, host: '127.0.0.1', method: 'POST', path, headers: all, agent: false });
  request.on('error', reject).on('response', async (response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
  });
  request.end(body);
  return promise;
}

function signed(body: Buffer): Record<string, string> {
  const now = new Date();
  return {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(SECRET).sign('msg_1', now, body.toString()),
  };
}

/** As Postrider writes it: bytes that a parser would not give back. */
const batchOf = (...ids: string[]) =>
  Buffer.from(
    `[${ids.map((id) => `{"type":"sent","id":"${id}","clientId":7,"created":1.0,"n":"ä\\u00e4","attempt":1}`).join(',\n')}]`,
  );

describe.each<[string, Start]>([
  ['Node', startNode],
  ['Express', startExpress],
  ['Express, which has read the bytes', startRawExpress],
  ['Fastify', startFastify],
])('a receiver in %s', (_name, start) => {
  /** Sends bodies that are signed, and says what became of them. */
  async function startWith(options: { isBroken?: boolean; maxBodyBytes?: number } = {}) {
    const handed: unknown[] = [];
    const errors: unknown[] = [];
    const receiver = createReceiver({
      authentication: { type: 'standardWebhooks', secrets: [SECRET] },
      onEvents: async (events) => {
        if (options.isBroken) throw new Error('the database is away');
        handed.push(...events.map(({ id }) => id));
      },
      maxBodyBytes: options.maxBodyBytes ?? 100_000,
    });
    const server = await start(receiver, (error) => errors.push(error));
    open.push(server);
    const post = async (body: Buffer, headers = signed(body)) =>
      (await send(server.port, body, headers)).status;
    return { port: server.port, handed, errors, post, options };
  }

  it('takes events once, and refuses what is not signed, or is signed for other bytes', async () => {
    const { handed, post } = await startWith();
    expect(await post(batchOf('a', 'b'))).toBe(200);
    expect(await post(batchOf('b', 'c'))).toBe(200);
    expect(await post(batchOf('d'), {} as Record<string, string>)).toBe(401);
    expect(await post(batchOf('d'), signed(batchOf('e')))).toBe(401);
    expect(handed).toEqual(['a', 'b', 'c']);
  });

  it('answers 500 and tells why while events can’t be handled; later they are', async () => {
    const options = { isBroken: true };
    const { handed, errors, post } = await startWith(options);
    expect(await post(batchOf('a'))).toBe(500);
    expect(errors).toEqual([new Error('the database is away')]);
    options.isBroken = false;
    expect(await post(batchOf('a'))).toBe(200);
    expect(handed).toEqual(['a']);
  });

  it('answers 413 to more than it wants to hold, and 400 to what is no batch', async () => {
    const { handed, post } = await startWith();
    expect(await post(Buffer.alloc(100_001, ' '))).toBe(413);
    expect(await post(Buffer.from('{"a":1}'))).toBe(400);
    expect(handed).toEqual([]);
  });
});

describe('beside the receiver', () => {
  const receiver = createReceiver({ authentication: { type: 'none' }, onEvents: () => undefined });

  it('Fastify parses the bodies of its other routes', async () => {
    const server = await startFastify(receiver, () => undefined);
    open.push(server);
    expect(await send(server.port, Buffer.from('{ "a": 1 }'), {}, '/other')).toEqual({
      status: 200,
      text: '{"a":1}',
    });
  });

  it('Express is told when it has parsed the body before, which would break signatures', async () => {
    const errors: unknown[] = [];
    const app = express().use(express.json());
    app.post(PATH, expressHandler(receiver));
    const server = await listening(createServer(app.use(tells((error) => errors.push(error)))));
    open.push(server);
    expect(await send(server.port, batchOf('a'), {})).toMatchObject({ status: 500 });
    expect(String(errors[0])).toContain('before express.json()');
  });
});
