import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { authHeaders } from '../authHeaders.ts';
import type { TargetPolicy } from '../specialAddress.ts';
import { createTransmitter, type Transmission, type Transmitter } from '../transmit.ts';
import { type Answerer, OK, startTargetServer, type TargetServer } from './targetServer.ts';

const DEVELOPMENT: TargetPolicy = { mode: 'development', allow: [] };

let transmitter: Transmitter;
let server: TargetServer;
let answer: Answerer = OK;

beforeAll(async () => {
  transmitter = createTransmitter({ policy: DEVELOPMENT, version: '1.2.3', maxSocketsPerOrigin: 2 });
  server = await startTargetServer({ answer: (response, received) => answer(response, received) });
});
afterEach(() => {
  answer = OK;
});
afterAll(async () => {
  transmitter.close();
  await server.close();
});

const transmit = (given: Partial<Transmission> = {}) =>
  transmitter.transmit({ url: server.url, body: '[{"a":1}]', headers: {}, timeoutMs: 10_000, ...given });

const status = (code: number, headers: Record<string, string> = {}): Answerer => {
  return (response) => void response.writeHead(code, headers).end(`status ${code}`);
};

describe('the request', () => {
  it('is a POST with the headers of contract §3 and the body as given', async () => {
    await transmit({
      url: `${server.url}?key=1`,
      body: '[{"name":"Zoë ✓"}]',
      headers: { 'x-key': 'secret' },
    });
    const { method, path, headers, body } = server.received.at(-1) ?? {};
    expect({ method, path, body: body?.toString('utf8') }).toEqual({
      method: 'POST',
      path: '/hook?key=1',
      body: '[{"name":"Zoë ✓"}]',
    });
    expect(headers).toEqual({
      'content-type': 'application/json; charset=utf-8',
      'content-length': '21',
      'user-agent': 'Postrider/1.2.3',
      'x-key': 'secret',
      host: `127.0.0.1:${server.port}`,
      connection: 'keep-alive',
    });
  });

  it('takes bytes too', async () => {
    await transmit({ body: Buffer.from('[{"name":"Zoë"}]') });
    expect(server.received.at(-1)?.body.toString('utf8')).toBe('[{"name":"Zoë"}]');
  });

  it('carries user name, password and passphrase as UTF-8', async () => {
    const message = { id: () => 'msg_1', body: '[]', at: 0 };
    const basic = authHeaders({ type: 'basicAuth', userName: 'zoë', password: 'a:b✓' }, message);
    await transmit({ headers: basic });
    const { authorization = '' } = server.received.at(-1)?.headers ?? {};
    expect(Buffer.from(authorization.replace('Basic ', ''), 'base64').toString('utf8')).toBe('zoë:a:b✓');

    await transmit({
      headers: authHeaders({ type: 'keyAuth', key: 'X-Key', passphrase: 'geheim ✓' }, message),
    });
    const key = String(server.received.at(-1)?.headers['x-key']);
    expect(Buffer.from(key, 'latin1').toString('utf8')).toBe('geheim ✓');
  });

  it('is never sent with a header that would break out of its line', async () => {
    const count = server.received.length;
    const outcome = await transmit({ headers: { 'x-key': 'a\r\nx-injected: 1' } });
    expect(outcome).toMatchObject({ kind: 'blocked', message: expect.stringContaining('header') });
    expect(server.received).toHaveLength(count);
  });

  it('reuses connections', async () => {
    const before = server.connections();
    for (let count = 0; count < 10; count += 1) await transmit();
    expect(server.connections() - before).toBeLessThanOrEqual(1);
  });
});

describe('the answer', () => {
  it('is accepted with status 200', async () => {
    expect(await transmit()).toEqual({
      kind: 'accepted',
      httpStatusCode: 200,
      responseBody: 'ok',
      durationMs: expect.any(Number),
    });
  });

  it.each([201, 202, 204, 206, 299, 300, 304, 400, 401, 404, 410, 413, 500, 502])(
    'is refused with status %i',
    async (code) => {
      answer = status(code);
      expect(await transmit()).toMatchObject({ kind: 'refused', httpStatusCode: code });
    },
  );

  it.each([301, 302, 303, 307, 308])('that redirects with %i is not followed', async (code) => {
    answer = status(code, { location: server.url });
    const count = server.received.length;
    expect(await transmit()).toMatchObject({ kind: 'refused', httpStatusCode: code });
    expect(server.received).toHaveLength(count + 1);
  });

  it('is not taken as accepted with 200 after 103 Early Hints followed by 500', async () => {
    answer = (response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      response.writeHead(500).end();
    };
    expect(await transmit()).toMatchObject({ kind: 'refused', httpStatusCode: 500 });
  });

  it.each([
    [429, '120', 120_000],
    [503, '7', 7_000],
    [500, '7', undefined],
    [429, 'soon', undefined],
  ])('with status %i and Retry-After %s waits %s ms', async (code, header, retryAfterMs) => {
    answer = status(code, { 'retry-after': header });
    const outcome = await transmit();
    expect(outcome).toMatchObject({ kind: 'refused' });
    expect('retryAfterMs' in outcome ? outcome.retryAfterMs : undefined).toBe(retryAfterMs);
  });

  it('does not set cookies for the next request', async () => {
    answer = status(200, { 'set-cookie': 'session=1' });
    await transmit();
    await transmit();
    expect(server.received.at(-1)?.headers.cookie).toBeUndefined();
  });

  it('is read up to 64 KiB and no further, be it ever so long', async () => {
    let sent = 0;
    let closed = false;
    answer = (response) => {
      response.on('close', () => {
        closed = true;
      });
      const write = () => {
        while (!closed && response.write('x'.repeat(10_000))) sent += 10_000;
        sent += 10_000;
      };
      response.on('drain', write);
      write();
    };
    const outcome = await transmit();
    expect(outcome).toMatchObject({ kind: 'accepted', responseBody: 'x'.repeat(65_536) });
    expect(sent).toBeLessThan(20_000_000);
  });
});

describe('many at once', () => {
  it('share the given number of connections to one origin', async () => {
    const before = server.connections();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => transmit()));
    expect(outcomes.every(({ kind }) => kind === 'accepted')).toBe(true);
    expect(server.connections() - before).toBeLessThanOrEqual(2);
  });

  it('do not wait for a target that hangs', async () => {
    const hanging = await startTargetServer({ answer: () => {} });
    const hung = Array.from({ length: 20 }, () => transmit({ url: hanging.url, timeoutMs: 1_000 }));
    const first = await Promise.race([...hung, transmit()]);
    expect(first).toMatchObject({ kind: 'accepted' });
    expect(hanging.connections()).toBeLessThanOrEqual(2);
    const outcomes = await Promise.all(hung);
    expect(outcomes.every((outcome) => outcome.kind === 'unreachable' && outcome.error === 'timeout')).toBe(
      true,
    );
    await hanging.close();
  });
});
