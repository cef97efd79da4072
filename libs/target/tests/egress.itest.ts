import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Egress } from '../agents.ts';
import { createTransmitter, type Transmitter, type TransmitterParts } from '../transmit.ts';
import { createCertificate } from './certificate.ts';
import { type ConnectProxy, type ProxyBehaviour, startConnectProxy } from './connectProxy.ts';
import { type DnsServer, startDnsServer } from './dnsServer.ts';
import { startTargetServer, type TargetServer } from './targetServer.ts';

const HOST = 'hooks.example.com';
const certificate = createCertificate([HOST]);
/** Linux has all of 127/8 on its loopback interface, others only the first address. */
const LOCAL_ADDRESS = process.platform === 'linux' ? '127.0.0.2' : '127.0.0.1';

let dns: DnsServer;
let secure: TargetServer;
let plain: TargetServer;
let proxy: ConnectProxy | undefined;
let transmitter: Transmitter | undefined;

beforeAll(async () => {
  dns = await startDnsServer();
  secure = await startTargetServer({ tls: certificate });
  plain = await startTargetServer();
});
afterEach(async () => {
  transmitter?.close();
  await proxy?.close();
});
afterAll(async () => {
  await secure.close();
  await plain.close();
  await dns.close();
});

function create(egress: Egress, parts: Partial<TransmitterParts> = {}): Transmitter {
  return createTransmitter({
    policy: { mode: 'development', allow: [] },
    version: 'test',
    nameServers: [dns.address],
    ca: certificate.cert,
    egress,
    ...parts,
  });
}

/** POSTs to `url` through a proxy that behaves so. */
async function transmitThrough(behaviour: ProxyBehaviour, url: string, timeoutMs = 10_000) {
  proxy = await startConnectProxy(behaviour);
  transmitter = create({ proxy: `http://user:pass%40word@127.0.0.1:${proxy.port}` });
  return transmitter.transmit({ url, body: '[]', headers: {}, timeoutMs });
}

describe('through a CONNECT proxy', () => {
  const url = () => `https://${HOST}:${secure.port}/hook`;

  it('reaches a target that only the proxy can resolve, with its certificate checked', async () => {
    expect(await transmitThrough('connect', url())).toMatchObject({ kind: 'accepted' });
    expect(dns.asked(HOST, 'A')).toBe(0);
    expect(proxy?.asked).toEqual([
      {
        what: `CONNECT ${HOST}:${secure.port}`,
        authorization: `Basic ${Buffer.from('user:pass@word').toString('base64')}`,
      },
    ]);
    expect(secure.received.at(-1)?.headers['proxy-authorization']).toBeUndefined();
  });

  it('reuses the tunnel', async () => {
    await transmitThrough('connect', url());
    for (let count = 0; count < 3; count += 1) {
      await transmitter?.transmit({ url: url(), body: '[]', headers: {}, timeoutMs: 10_000 });
    }
    expect(proxy?.asked).toHaveLength(1);
  });

  it('checks the host name against the certificate', async () => {
    const outcome = await transmitThrough('connect', `https://other.example.com:${secure.port}/hook`);
    expect(outcome).toMatchObject({ kind: 'unreachable', error: 'tls' });
  });

  it('passes plain http on, which only development allows', async () => {
    const outcome = await transmitThrough('connect', `http://${HOST}:${plain.port}/hook`);
    expect(outcome).toMatchObject({ kind: 'accepted' });
    expect(proxy?.asked.at(0)?.what).toBe(`POST http://${HOST}:${plain.port}/hook`);
  });

  it.each([403, 407, 502])('reports that the proxy refused with %i, without its password', async (refuse) => {
    const outcome = await transmitThrough({ refuse }, url());
    expect(outcome).toMatchObject({ kind: 'unreachable', error: 'refused' });
    expect(outcome).toHaveProperty('message', expect.stringContaining(String(refuse)));
    expect(JSON.stringify(outcome)).not.toMatch(/pass|word/);
  });

  it('gives up a proxy that hangs', async () => {
    expect(await transmitThrough('hang', url(), 300)).toMatchObject({
      kind: 'unreachable',
      error: 'timeout',
    });
  });

  it('reports a proxy that is away', async () => {
    proxy = await startConnectProxy();
    await proxy.close();
    transmitter = create({ proxy: `http://user:password@127.0.0.1:${proxy.port}` });
    const outcome = await transmitter.transmit({ url: url(), body: '[]', headers: {}, timeoutMs: 10_000 });
    expect(outcome).toMatchObject({ kind: 'unreachable', error: 'refused' });
    expect(JSON.stringify(outcome)).not.toContain('password');
  });

  it('still asks for no special address by its number', async () => {
    proxy = await startConnectProxy();
    transmitter = create(
      { proxy: `http://127.0.0.1:${proxy.port}` },
      { policy: { mode: 'strict', allow: [] } },
    );
    const target = 'https://169.254.169.254/';
    const outcome = await transmitter.transmit({ url: target, body: '[]', headers: {}, timeoutMs: 10_000 });
    expect(outcome).toMatchObject({ kind: 'blocked' });
    expect(proxy.asked).toHaveLength(0);
  });
});

describe('from a given address', () => {
  it('connects from there', async () => {
    transmitter = create({ address: LOCAL_ADDRESS });
    const outcome = await transmitter.transmit({
      url: plain.url,
      body: '[]',
      headers: {},
      timeoutMs: 10_000,
    });
    expect(outcome).toMatchObject({ kind: 'accepted' });
    expect(plain.received.at(-1)?.from).toBe(LOCAL_ADDRESS);
  });

  it('takes only the target’s addresses of that family', async () => {
    dns.answer('six.example.com', { aaaa: ['::1'] });
    transmitter = create({ address: LOCAL_ADDRESS });
    const url = `http://six.example.com:${plain.port}/`;
    expect(await transmitter.transmit({ url, body: '[]', headers: {}, timeoutMs: 10_000 })).toMatchObject({
      kind: 'unreachable',
      error: 'dns',
    });
  });

  it('says that an address which this machine does not have can not be used', async () => {
    transmitter = create({ address: '192.0.2.1' });
    const outcome = await transmitter.transmit({
      url: plain.url,
      body: '[]',
      headers: {},
      timeoutMs: 10_000,
    });
    expect(outcome).toMatchObject({ kind: 'unreachable', error: 'refused' });
    expect(outcome).toHaveProperty('message', expect.stringContaining('EADDRNOTAVAIL'));
  });

  it('excludes a proxy', () => {
    expect(() => create({ address: '127.0.0.1', proxy: 'http://127.0.0.1:1' })).toThrow('exclude each other');
  });
});
