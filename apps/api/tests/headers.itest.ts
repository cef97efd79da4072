import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { VERSION } from '#libs/runtime/version.ts';
import { OPERATOR, startTestApi, type TestApi } from './apiFixture.ts';
import { expectProblem } from './contractClient.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.stop());

/** One of each kind of page and answer, and of each kind of error. */
const PAGES = [
  { method: 'GET', path: '/rest/1/webhooks' },
  { method: 'POST', path: '/rest/1/webhooks', json: {} },
  { method: 'GET', path: '/rest/egress' },
  { method: 'GET', path: '/rest/session' },
  { method: 'GET', path: '/console' },
  { method: 'GET', path: '/console/clients/1' },
  { method: 'GET', path: '/console/assets/nothing' },
  { method: 'GET', path: '/rest/x/webhooks' },
  { method: 'GET', path: '/nothing' },
  { method: 'GET', path: '/%' },
  { method: 'GET', path: '/admin/queues/' },
  { method: 'GET', path: '/admin/queues/api/queues' },
  { method: 'GET', path: '/admin/queues/static/nothing' },
  { method: 'PUT', path: '/admin/queues/api/queues/nothing/pause' },
  {
    method: 'PUT',
    path: '/admin/queues/api/queues',
    raw: '{',
    headers: { 'Content-Type': 'application/json' },
  },
  { method: 'GET', path: '/docs' },
  { method: 'GET', path: '/docs/viewer/swagger-ui.css' },
  { method: 'GET', path: '/openapi.json' },
  { method: 'GET', path: '/health/live' },
  { method: 'GET', path: '/metrics' },
] as const;

describe('every page', () => {
  it.each(PAGES)('$method $path has the headers that protect a browser', async (page) => {
    const { headers } = await api.call(page);
    expect(headers).toMatchObject({
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': expect.stringMatching(/^max-age=\d{8}/),
      'x-content-type-options': 'nosniff',
      'x-frame-options': expect.stringMatching(/^(DENY|SAMEORIGIN)$/),
      'cache-control': expect.stringMatching(/no-store|max-age=3600/),
    });
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(/default-src '(self|none)'/);
    expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline|https?:/);
  });

  it.each(PAGES)('$method $path tells no version, of nothing', async (page) => {
    const { headers, text } = await api.call(page);
    for (const name of ['x-powered-by', 'server', 'via']) expect(headers).not.toHaveProperty(name);
    // The viewer's own files are what they are; metrics are for those who may reach the port.
    if (page.path.startsWith('/docs/viewer') || page.path === '/metrics') return;
    expect(text).not.toContain(process.version);
    expect(text.replaceAll('"version":"1.0.0"', '')).not.toContain(`"${VERSION}"`);
    expect(JSON.stringify(headers)).not.toMatch(/express|node|\d+\.\d+\.\d+/i);
  });

  it('that shows data of clients or queues is for nobody without credentials', async () => {
    for (const { path } of PAGES.filter((page) => /^\/(rest|admin)/.test(page.path))) {
      expectProblem(await api.call({ method: 'GET', path, auth: null }), 'unauthorized');
    }
  });
});

describe('a body over the limit', () => {
  const bytes = Buffer.alloc(100 * 1024, ' ');
  const headers = { 'Content-Type': 'application/json' };

  it('is refused by the length that it says', async () => {
    const answer = await api.call({ method: 'POST', path: '/rest/1/webhooks', raw: bytes, headers });
    expectProblem(answer, 'body-too-large');
  });

  it('is refused when it says none, in chunks', async () => {
    const options = { port: api.port, method: 'POST', path: '/rest/1/webhooks', headers, auth: OPERATOR };
    const request = httpRequest(options);
    const answered = once(request, 'response');
    request.write(bytes);
    request.end();
    const [response] = (await answered) as [IncomingMessage];
    expect(response.statusCode).toBe(413);
    response.resume();
  });

  it('that says its length in two ways, as in request smuggling, never reaches the API', async () => {
    const socket = connect(api.port, '127.0.0.1').on('error', () => undefined);
    const head = [
      'POST /rest/1/webhooks HTTP/1.1',
      'Host: x',
      'Content-Length: 4',
      'Transfer-Encoding: chunked',
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n0\r\n\r\n`);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nConnection: close/);
  });

  it('is one also when it is small on the wire: a bomb of gzip', async () => {
    const raw = gzipSync(Buffer.alloc(20 * 1024 * 1024, ' '));
    expect(raw.length).toBeLessThan(64 * 1024);
    const zipped = { ...headers, 'Content-Encoding': 'gzip' };
    const answer = await api.call({ method: 'POST', path: '/rest/1/webhooks', raw, headers: zipped });
    expectProblem(answer, 'body-too-large');
  });

  it('is not even begun to be read without credentials', async () => {
    const expecting = { ...headers, Expect: '100-continue', 'Content-Length': '65000' };
    const answer = await api.call({
      method: 'POST',
      path: '/rest/1/webhooks',
      raw: Buffer.alloc(65_000, ' '),
      headers: expecting,
      auth: null,
    });
    expectProblem(answer, 'unauthorized');
  });
});

describe('headers over the limit', () => {
  it('are refused by their size and their number', async () => {
    const large = await api.call({
      method: 'GET',
      path: '/health/live',
      headers: { 'X-A': 'x'.repeat(20_000) },
    });
    expect(large.status).toBe(431);
  });
});

describe('many slow connections', () => {
  it('leave the API answering', async () => {
    const sockets = Array.from({ length: 200 }, () => {
      const socket = connect(api.port, '127.0.0.1').on('error', () => undefined);
      socket.write('POST /rest/1/webhooks HTTP/1.1\r\nHost: x\r\nX-Slow: ');
      return socket;
    });
    await sleep(50);
    const began = performance.now();
    expect(await api.call({ method: 'GET', path: '/rest/1/webhooks' })).toMatchObject({ status: 200 });
    expect(performance.now() - began).toBeLessThan(2000);
    for (const socket of sockets) socket.destroy();
  });
});
