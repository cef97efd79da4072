import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createTransmitter, type Transmitter } from '../transmit.ts';
import { createCertificate } from './certificate.ts';
import { type DnsServer, startDnsServer } from './dnsServer.ts';
import { startRawServer } from './rawServer.ts';
import { startTargetServer, type TargetServer, type TargetServerParts } from './targetServer.ts';

const HOST = 'hooks.example.com';
const good = createCertificate([HOST, '127.0.0.1']);
const otherName = createCertificate(['other.example.com']);
const expired = createCertificate([HOST], { expiredDaysAgo: 1 });
const unknown = createCertificate([HOST]);

let dns: DnsServer;
let transmitter: Transmitter;
let server: TargetServer;

beforeAll(async () => {
  dns = await startDnsServer();
  dns.answer(HOST, { a: ['127.0.0.1'] });
  transmitter = createTransmitter({
    policy: { mode: 'development', allow: [] },
    version: 'test',
    nameServers: [dns.address],
    ca: [good.cert, otherName.cert, expired.cert].join('\n'),
  });
});
afterEach(() => server.close());
afterAll(async () => {
  transmitter.close();
  await dns.close();
});

async function transmitTo(tls: NonNullable<TargetServerParts['tls']>, host = HOST) {
  server = await startTargetServer({ tls });
  const url = `https://${host}:${server.port}/hook`;
  return transmitter.transmit({ url, body: '[]', headers: {}, timeoutMs: 10_000 });
}

describe('over TLS', () => {
  it.each([
    ['a name', HOST],
    ['an address', '127.0.0.1'],
  ])('a target with a good certificate for %s accepts', async (_what, host) => {
    expect(await transmitTo(good, host)).toMatchObject({ kind: 'accepted' });
    expect(server.received).toHaveLength(1);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('%s is spoken', async (version) => {
    const outcome = await transmitTo({ ...good, minVersion: version, maxVersion: version });
    expect(outcome).toMatchObject({ kind: 'accepted' });
  });

  it.each([
    ['another name', otherName, {}, 'Host: hooks.example.com. is not in the cert'],
    ['no well-known authority', unknown, {}, 'self-signed certificate'],
    ['an expired certificate', expired, {}, 'certificate has expired'],
    ['TLS 1.1 only', good, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' }, ''],
  ] as const)('a target with %s gets nothing', async (_what, certificate, options, message) => {
    const outcome = await transmitTo({ ...certificate, ...options });
    expect(outcome).toMatchObject({ kind: 'unreachable', error: 'tls' });
    expect(outcome).toHaveProperty('message', expect.stringContaining(message));
    expect(server.received).toHaveLength(0);
  });

  it('reuses a connection', async () => {
    await transmitTo(good);
    const url = `https://${HOST}:${server.port}/hook`;
    for (let count = 0; count < 5; count += 1) {
      await transmitter.transmit({ url, body: '[]', headers: {}, timeoutMs: 10_000 });
    }
    expect(server.connections()).toBe(1);
    expect(server.received).toHaveLength(6);
  });

  it('a target that speaks plain HTTP gets nothing', async () => {
    server = await startTargetServer();
    const url = server.url.replace('http:', 'https:');
    const outcome = await transmitter.transmit({ url, body: '[]', headers: {}, timeoutMs: 10_000 });
    expect(outcome).toMatchObject({ kind: 'unreachable', error: 'tls' });
    expect(server.received).toHaveLength(0);
  });

  it('a target that never finishes the handshake is given up in time', async () => {
    const silent = await startRawServer(() => {});
    const url = silent.url.replace('http:', 'https:');
    const outcome = await transmitter.transmit({ url, body: '[]', headers: {}, timeoutMs: 200 });
    expect(outcome).toMatchObject({ kind: 'unreachable', error: 'timeout' });
    await silent.close();
  });
});
