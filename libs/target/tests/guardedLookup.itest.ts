import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAgents } from '../agents.ts';
import { createGuardedLookup, type GuardedLookup, type GuardedLookupParts } from '../guardedLookup.ts';
import type { TargetPolicy } from '../specialAddress.ts';
import { type DnsServer, startDnsServer } from './dnsServer.ts';
import { startTargetServer, type TargetServer } from './targetServer.ts';

const STRICT: TargetPolicy = { mode: 'strict', allow: [] };
const DEVELOPMENT: TargetPolicy = { mode: 'development', allow: [] };
const ALLOW_LOOPBACK: TargetPolicy = { mode: 'strict', allow: ['127.0.0.0/8'] };
const PUBLIC = '93.184.215.14';

let dns: DnsServer;
let server: TargetServer;
const opened: GuardedLookup[] = [];

beforeAll(async () => {
  dns = await startDnsServer();
  server = await startTargetServer();
});
afterAll(async () => {
  for (const guarded of opened) guarded.close();
  await server.close();
  await dns.close();
});

function guard(parts: Partial<GuardedLookupParts> = {}): GuardedLookup {
  const guarded = createGuardedLookup({ policy: STRICT, servers: [dns.address], ...parts });
  opened.push(guarded);
  return guarded;
}

/** GETs `host` through guarded agents: the status, or the message of why there is none. */
async function fetchThrough(guarded: GuardedLookup, policy: TargetPolicy, host: string): Promise<string> {
  const agents = createAgents({ policy, lookup: guarded.lookup, egress: {} });
  const result = await new Promise<string>((resolve) => {
    const request = get({ host, port: server.port, agent: agents.http }, (response) => {
      response.resume();
      response.on('end', () => resolve(String(response.statusCode)));
    });
    request.on('error', ({ message }) => resolve(message));
  }).catch((error: Error) => error.message);
  agents.http.destroy();
  return result;
}

const addressesOf = async (guarded: GuardedLookup, host: string) => {
  const answer = await guarded.resolve(host);
  return answer.ok ? answer.addresses.map(({ address }) => address) : answer.error.message;
};

describe('names to addresses', () => {
  it('gives all addresses, IPv4 first', async () => {
    dns.answer('both.example.com', { a: [PUBLIC], aaaa: ['2606:4700::1'] });
    expect(await addressesOf(guard(), 'both.example.com')).toEqual([PUBLIC, '2606:4700::1']);
  });

  it.each([
    ['does not exist', 'nobody.example.com', { rcode: 3 }, 'There is no host named nobody.example.com.'],
    ['has no address', 'empty.example.com', {}, 'empty.example.com has no address.'],
    ['fails', 'broken.example.com', { rcode: 2 }, 'could not resolve broken.example.com (ESERVFAIL)'],
    ['gets no answer', 'silent.example.com', { silent: true }, 'no answer for silent.example.com in time'],
  ] as const)('says in words when a name %s', async (_what, name, answer, words) => {
    dns.answer(name, answer);
    expect(await addressesOf(guard({ queryTimeoutMs: 50 }), name)).toContain(words);
  });

  it('asks once for lookups of one name at the same time', async () => {
    dns.answer('popular.example.com', { a: [PUBLIC], ttl: 0 });
    const guarded = guard();
    await Promise.all(Array.from({ length: 50 }, () => guarded.resolve('popular.example.com')));
    expect(dns.asked('popular.example.com', 'A')).toBe(1);
  });

  it('keeps an answer for its time to live, and no longer', async () => {
    dns.answer('kept.example.com', { a: [PUBLIC], ttl: 60 });
    dns.answer('brief.example.com', { a: [PUBLIC], ttl: 0 }, { a: ['93.184.215.15'], ttl: 0 });
    const guarded = guard();
    for (const name of ['kept.example.com', 'kept.example.com', 'brief.example.com'])
      await guarded.resolve(name);
    expect(dns.asked('kept.example.com', 'A')).toBe(1);
    expect(await addressesOf(guarded, 'brief.example.com')).toEqual(['93.184.215.15']);
  });

  it('does not let slow names delay another, and gives them up when closed', async () => {
    dns.answer('quick.example.com', { a: [PUBLIC] });
    const guarded = guard();
    const slow = Array.from({ length: 20 }, (_, index) => {
      dns.answer(`slow${index}.example.com`, { silent: true });
      return addressesOf(guarded, `slow${index}.example.com`);
    });
    const first = await Promise.race([...slow, addressesOf(guarded, 'quick.example.com')]);
    expect(first).toEqual([PUBLIC]);
    guarded.close();
    expect(await Promise.all(slow)).toEqual(slow.map(() => expect.stringContaining('ECANCELLED')));
  });

  it('uses one family when the other can not be asked', async () => {
    dns.answer('half.example.com', { a: [PUBLIC], silent: 'AAAA' });
    expect(await addressesOf(guard({ queryTimeoutMs: 50 }), 'half.example.com')).toEqual([PUBLIC]);
  });

  it('refuses a wrong CIDR at the start', () => {
    expect(() => guard({ policy: { mode: 'strict', allow: ['10.0.0.0/8', 'ten'] } })).toThrow('"ten"');
  });
});

describe('from the check to the connection', () => {
  it('connects to a name whose address is allowed', async () => {
    dns.answer('allowed.example.com', { a: ['127.0.0.1'] });
    expect(await fetchThrough(guard({ policy: ALLOW_LOOPBACK }), ALLOW_LOOPBACK, 'allowed.example.com')).toBe(
      '200',
    );
  });

  it('connects to the address that was checked, without asking again', async () => {
    dns.answer('once.example.com', { a: ['127.0.0.1'], ttl: 0 }, { a: ['169.254.169.254'], ttl: 0 });
    const guarded = guard({ policy: ALLOW_LOOPBACK });
    expect(await fetchThrough(guarded, ALLOW_LOOPBACK, 'once.example.com')).toBe('200');
    expect(dns.asked('once.example.com', 'A')).toBe(1);
  });

  it('connects nowhere when a name changes its answer between the check and the connection', async () => {
    dns.answer('rebind.example.com', { a: [PUBLIC], ttl: 0 }, { a: ['127.0.0.1'], ttl: 0 });
    const guarded = guard();
    const before = server.connections();
    expect(await addressesOf(guarded, 'rebind.example.com')).toEqual([PUBLIC]);
    expect(await fetchThrough(guarded, STRICT, 'rebind.example.com')).toContain('is not public');
    expect(server.connections()).toBe(before);
  });

  it('checks addresses too, which sockets never look up', async () => {
    const before = server.connections();
    expect(await fetchThrough(guard(), STRICT, '127.0.0.1')).toContain('127.0.0.1 is not public');
    expect(server.connections()).toBe(before);
    expect(await fetchThrough(guard(), ALLOW_LOOPBACK, '127.0.0.1')).toBe('200');
  });
});

describe('the hosts file', () => {
  let folder: string;
  let hostsFile: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postrider-hosts-'));
    hostsFile = join(folder, 'hosts');
    await writeFile(
      hostsFile,
      '# local\n127.0.0.1 crm.example.com crm # the CRM\n169.254.1.1 bad.example.com\n',
    );
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is honoured under the development policy', async () => {
    const guarded = guard({ policy: DEVELOPMENT, hostsFile });
    expect(await addressesOf(guarded, 'crm.example.com')).toEqual(['127.0.0.1']);
    expect(await addressesOf(guarded, 'localhost')).toEqual(['127.0.0.1', '::1']);
    expect(await addressesOf(guarded, 'bad.example.com')).toContain('is not public');
  });

  it('is not read under the strict policy', async () => {
    const guarded = guard({ policy: ALLOW_LOOPBACK, hostsFile });
    expect(await addressesOf(guarded, 'crm.example.com')).toContain('There is no host');
  });
});
