import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { TargetPolicy } from '../specialAddress.ts';
import { createTransmitter, type Transmitter } from '../transmit.ts';
import { type DnsServer, startDnsServer } from './dnsServer.ts';
import { afterRequest, type RawServer, startRawServer } from './rawServer.ts';

const DEVELOPMENT: TargetPolicy = { mode: 'development', allow: [] };
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n';

let dns: DnsServer;
let transmitter: Transmitter;
let server: RawServer | undefined;

beforeAll(async () => {
  dns = await startDnsServer();
  transmitter = createTransmitter({ policy: DEVELOPMENT, version: 'test', nameServers: [dns.address] });
});
afterEach(async () => {
  await server?.close();
  server = undefined;
});
afterAll(async () => {
  transmitter.close();
  await dns.close();
});

const transmit = (url: string, timeoutMs = 10_000, body = '[]') =>
  transmitter.transmit({ url, body, headers: { authorization: 'Basic c2VjcmV0' }, timeoutMs });

describe('no answer', () => {
  it('because nothing listens', async () => {
    const closed = await startRawServer(() => {});
    await closed.close();
    expect(await transmit(closed.url)).toMatchObject({
      kind: 'unreachable',
      error: 'refused',
      message: `No connection could be made: connect ECONNREFUSED 127.0.0.1:${closed.port}`,
    });
  });

  it('because the name does not exist', async () => {
    expect(await transmit('https://nobody.example.com/')).toMatchObject({
      kind: 'unreachable',
      error: 'dns',
      message: 'There is no host named nobody.example.com.',
    });
  });

  it('because the name server is silent: the deadline covers it', async () => {
    dns.answer('silent.example.com', { silent: true });
    const outcome = await transmit('https://silent.example.com/', 200);
    expect(outcome).toMatchObject({ kind: 'unreachable', error: 'timeout' });
    expect(outcome.durationMs).toBeLessThan(1_500);
  });

  it.each([
    ['the connection is reset before the request', (socket) => void socket.resetAndDestroy()],
    ['the connection is reset after the request', afterRequest((socket) => void socket.resetAndDestroy())],
    ['the connection ends without an answer', afterRequest((socket) => void socket.end())],
    ['the head breaks off', afterRequest((socket) => void socket.end(HEAD))],
    ['the answer is no HTTP', afterRequest((socket) => void socket.end('220 mail.example.com ESMTP\r\n'))],
    ['the head is huge', afterRequest((socket) => void socket.write(`${HEAD}X: ${'x'.repeat(100_000)}`))],
    [
      'the target switches protocols',
      afterRequest(
        (socket) => void socket.write('HTTP/1.1 101 Hi\r\nConnection: upgrade\r\nUpgrade: ws\r\n\r\n'),
      ),
    ],
  ] satisfies [string, Parameters<typeof startRawServer>[0]][])('because %s', async (_what, onConnection) => {
    server = await startRawServer(onConnection);
    expect(await transmit(server.url)).toMatchObject({ kind: 'unreachable', error: 'reset' });
    expect(server.connections()).toBe(1);
  });

  it.each([
    ['the target accepts and says nothing', () => {}],
    ['the target takes the request and says nothing', afterRequest(() => {})],
    ['the head trickles in for ever', afterRequest((socket) => void socket.write('HTTP/1.1 200 OK\r\nX: '))],
    [
      'the target sends 100 Continue only',
      afterRequest((socket) => void socket.write('HTTP/1.1 100 \r\n\r\n')),
    ],
  ] satisfies [string, Parameters<typeof startRawServer>[0]][])('in time because %s', async (_what, talk) => {
    server = await startRawServer(talk);
    const outcome = await transmit(server.url, 200);
    expect(outcome).toMatchObject({
      kind: 'unreachable',
      error: 'timeout',
      message: 'No answer came within 200 ms.',
    });
    expect(outcome.durationMs).toBeLessThan(1_500);
  });

  it('because the connection that was kept alive is closed at its reuse: not tried again', async () => {
    let requests = 0;
    const once = `${HEAD}Content-Length: 2\r\n\r\nok`;
    server = await startRawServer(
      afterRequest((socket) => {
        requests += 1;
        if (requests === 1) socket.write(once);
        else socket.resetAndDestroy();
      }),
    );
    expect(await transmit(server.url)).toMatchObject({ kind: 'accepted' });
    expect(await transmit(server.url)).toMatchObject({ kind: 'unreachable', error: 'reset' });
    expect(requests).toBe(2);
  });

  it('never shows what authenticates', async () => {
    server = await startRawServer(afterRequest((socket) => void socket.resetAndDestroy()));
    expect(JSON.stringify(await transmit(server.url))).not.toContain('c2VjcmV0');
  });
});

describe('an answer whose body does not come to an end counts by its status', () => {
  it.each([
    ['hangs', afterRequest((socket) => void socket.write(`${HEAD}Content-Length: 100\r\n\r\npart`))],
    ['breaks off', afterRequest((socket) => void socket.end(`${HEAD}Content-Length: 100\r\n\r\npart`))],
  ] satisfies [string, Parameters<typeof startRawServer>[0]][])('when it %s', async (_what, onConnection) => {
    server = await startRawServer(onConnection);
    const outcome = await transmit(server.url, 300);
    expect(outcome).toMatchObject({ kind: 'accepted', responseBody: 'part' });
    expect(outcome.durationMs).toBeLessThan(1_500);
  });

  it('when it comes before the request is complete', async () => {
    const body = `["${'x'.repeat(5_000_000)}"]`;
    server = await startRawServer((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig'));
    });
    expect(await transmit(server.url, 5_000, body)).toMatchObject({ kind: 'refused', httpStatusCode: 413 });
  });
});

it('ends what is under way when it is closed', async () => {
  server = await startRawServer(() => {});
  const own = createTransmitter({ policy: DEVELOPMENT, version: 'test' });
  const outcome = own.transmit({ url: server.url, body: '[]', headers: {}, timeoutMs: 60_000 });
  while (server.connections() === 0) await new Promise((resolve) => setImmediate(resolve));
  own.close();
  expect(await outcome).toMatchObject({ kind: 'unreachable', error: 'reset' });
});
