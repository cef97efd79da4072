import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createGuardedLookup, type GuardedLookup } from '#libs/target/guardedLookup.ts';
import { type DnsServer, startDnsServer } from '#libs/target/tests/dnsServer.ts';
import { checkTargetHost } from '../checkTargetHost.ts';

let dns: DnsServer;
let lookup: GuardedLookup;

beforeAll(async () => {
  dns = await startDnsServer();
  lookup = createGuardedLookup({ policy: { mode: 'strict', allow: [] }, servers: [dns.address] });
});

afterAll(async () => {
  lookup.close();
  await dns.close();
});

describe('a target at write', () => {
  it.each([
    ['a private address', { a: ['10.0.0.1'] }],
    ['loopback over IPv6', { aaaa: ['::1'] }],
    ['a public and a private address', { a: ['93.184.215.14', '192.168.1.1'] }],
  ])('is refused when its name has %s', async (_what, answer) => {
    dns.answer('inside.example.com', answer);
    const again = createGuardedLookup({ policy: { mode: 'strict', allow: [] }, servers: [dns.address] });
    const check = checkTargetHost('https://inside.example.com/hook', again);
    await expect(check).rejects.toMatchObject({
      problem: 'invalid-request',
      particulars: { errors: [{ field: 'targetUrl', message: expect.stringContaining('public address') }] },
    });
    again.close();
  });

  it.each([
    ['has a public address', 'public.example.com', { a: ['93.184.215.14'] }],
    ['does not exist yet', 'missing.example.com', { rcode: 3 }],
    ['cannot be asked for now', 'broken.example.com', { rcode: 2 }],
    ['is asked for in vain', 'silent.example.com', { silent: true as const }],
  ])('is accepted when its name %s', async (_what, name, answer) => {
    dns.answer(name, answer);
    await checkTargetHost(`https://${name}/hook`, lookup);
  });
});
