import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { type RunningServer, startServer } from '../server.ts';
import { send } from './httpClient.ts';

let server: RunningServer;

afterEach(() => server.close(0));

async function read(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (bytes) => {
    text += bytes;
  });
  await once(socket, 'close');
  return text;
}

describe('a client that sends drop by drop', () => {
  it.each([
    ['its headers', 'GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ', 60_000],
    ['its body', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n', 300],
  ])('%s loses its connection', async (_what, head, requestTimeoutMs) => {
    const app = express();
    app.post('/', express.text({ type: () => true }), (_request, response) => void response.end());
    const timeouts = { headersTimeoutMs: 300, requestTimeoutMs, checkIntervalMs: 50 };
    server = await startServer({ app, port: 0, timeouts });
    const socket = connect(server.port, '127.0.0.1');
    const answer = read(socket);
    socket.on('error', () => undefined);
    socket.write(head);
    const drip = setInterval(() => socket.write('x'), 50);
    expect(await answer).toMatch(/^HTTP\/1.1 (408|400)/);
    clearInterval(drip);
  });
});

describe('a server that stops', () => {
  it('lets a request under way end, and takes no other', async () => {
    const arrived = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const app = express();
    app.get('/', async (_request, response) => {
      arrived.resolve();
      await release.promise;
      response.end('done');
    });
    server = await startServer({ app, port: 0 });
    const answer = send(server.port, { method: 'GET', path: '/' });
    await arrived.promise;
    const closed = server.close(10_000);
    await expect(send(server.port, { method: 'GET', path: '/' })).rejects.toThrow('ECONNREFUSED');
    release.resolve();
    expect(await answer).toMatchObject({ status: 200, text: 'done' });
    await closed;
  });

  it('cuts what does not end by the deadline', async () => {
    const app = express();
    app.get('/', () => undefined);
    server = await startServer({ app, port: 0 });
    const answer = send(server.port, { method: 'GET', path: '/' });
    const failed = expect(answer).rejects.toThrow('socket hang up');
    await sleep(50);
    await server.close(50);
    await failed;
  });
});
