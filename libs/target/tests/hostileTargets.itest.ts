import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TargetPolicy } from '../specialAddress.ts';
import { createTransmitter, type Transmitter } from '../transmit.ts';
import { type DnsAnswer, type DnsServer, startDnsServer } from './dnsServer.ts';

/** Targets whose text alone is enough to see that nothing may be sent there. */
const HOSTILE_URLS: readonly (readonly [what: string, url: string])[] = [
  ['loopback', 'https://127.0.0.1/'],
  ['loopback, not .1', 'https://127.8.9.10/'],
  ['loopback as one decimal number', 'https://2130706433/'],
  ['loopback as one hexadecimal number', 'https://0x7f000001/'],
  ['loopback in octal', 'https://0177.0.0.1/'],
  ['loopback as one octal number', 'https://017700000001/'],
  ['loopback in hexadecimal parts', 'https://0x7f.0x0.0x0.0x1/'],
  ['loopback of two parts', 'https://127.1/'],
  ['loopback of three parts', 'https://127.0.1/'],
  ['loopback with a mix of notations', 'https://0x7f.0.01/'],
  ['loopback with leading zeros', 'https://127.0.0.0000001/'],
  ['loopback with a trailing dot', 'https://127.0.0.1./'],
  ['loopback in percent-encoded digits', 'https://%31%32%37.0.0.1/'],
  ['loopback in full-width digits', 'https://１２７.０.０.１/'],
  ['loopback in circled digits', 'https://①②⑦.⓪.⓪.①/'],
  ['loopback with ideographic full stops', 'https://127。0。0。1/'],
  ['this network', 'https://0.0.0.0/'],
  ['this network as one number', 'https://0/'],
  ['private, 10', 'https://10.0.0.1/'],
  ['private, 172.16', 'https://172.16.0.1/'],
  ['private, 172.31', 'https://172.31.255.254/'],
  ['private, 192.168', 'https://192.168.1.1/'],
  ['private as one decimal number', 'https://3232235777/'],
  ['link-local', 'https://169.254.1.1/'],
  ['metadata', 'https://169.254.169.254/latest/meta-data/'],
  ['metadata as one decimal number', 'https://2852039166/'],
  ['metadata in octal', 'https://0251.0376.0251.0376/'],
  ['metadata of Alibaba', 'https://100.100.100.200/'],
  ['metadata of Oracle', 'https://192.0.0.192/'],
  ['wire server of Azure', 'https://168.63.129.16/'],
  ['carrier-grade NAT', 'https://100.64.0.1/'],
  ['IETF protocol assignments', 'https://192.0.0.1/'],
  ['documentation 1', 'https://192.0.2.1/'],
  ['documentation 2', 'https://198.51.100.1/'],
  ['documentation 3', 'https://203.0.113.1/'],
  ['6to4 relay', 'https://192.88.99.1/'],
  ['benchmark', 'https://198.18.0.1/'],
  ['multicast', 'https://224.0.0.1/'],
  ['reserved', 'https://240.0.0.1/'],
  ['broadcast', 'https://255.255.255.255/'],
  ['IPv6 loopback', 'https://[::1]/'],
  ['IPv6 loopback in full', 'https://[0:0:0:0:0:0:0:1]/'],
  ['IPv6 unspecified', 'https://[::]/'],
  ['IPv6 link-local', 'https://[fe80::1]/'],
  ['IPv6 link-local with a zone id', 'https://[fe80::1%25eth0]/'],
  ['IPv6 public with a zone id', 'https://[2606:4700::1%25eth0]/'],
  ['IPv6 site-local', 'https://[fec0::1]/'],
  ['IPv6 unique-local', 'https://[fd12:3456::1]/'],
  ['IPv6 metadata of AWS', 'https://[fd00:ec2::254]/'],
  ['IPv6 multicast', 'https://[ff02::1]/'],
  ['IPv6 documentation', 'https://[2001:db8::1]/'],
  ['IPv6 documentation 2', 'https://[3fff::1]/'],
  ['IPv6 benchmark', 'https://[2001:2::1]/'],
  ['IPv6 discard', 'https://[100::1]/'],
  ['IPv4-mapped loopback', 'https://[::ffff:127.0.0.1]/'],
  ['IPv4-mapped metadata, in hexadecimal', 'https://[::ffff:a9fe:a9fe]/'],
  ['IPv4-mapped public', 'https://[::ffff:93.184.215.14]/'],
  ['IPv4-compatible loopback', 'https://[::127.0.0.1]/'],
  ['IPv4-translated loopback', 'https://[::ffff:0:127.0.0.1]/'],
  ['6to4 of loopback', 'https://[2002:7f00:1::]/'],
  ['NAT64 of metadata', 'https://[64:ff9b::a9fe:a9fe]/'],
  ['NAT64 of local use', 'https://[64:ff9b:1::a9fe:a9fe]/'],
  ['Teredo', 'https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/'],
  ['ORCHID', 'https://[2001:20::1]/'],
  ['segment routing', 'https://[5f00::1]/'],
  ['localhost', 'https://localhost/'],
  ['localhost in capitals', 'https://LOCALHOST/'],
  ['localhost with a trailing dot', 'https://localhost./'],
  ['localhost in circled letters', 'https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/'],
  ['localhost with a soft hyphen', 'https://local\u00adhost/'],
  ['localhost with a zero-width space', 'https://local\u200bhost/'],
  ['below localhost', 'https://hooks.localhost/'],
  ['a name of one part', 'https://redis/'],
  ['a name of the local network', 'https://printer.local/'],
  ['metadata by name', 'https://metadata.google.internal/'],
  ['a name of a home network', 'https://nas.home.arpa/'],
  ['a public name with a trailing dot', 'https://public.example.com./'],
  ['http', 'http://public.example.com/'],
  ['another port', 'https://public.example.com:6379/'],
  ['another scheme', 'gopher://public.example.com/'],
  ['a file', 'file:///etc/passwd'],
  ['a script', 'javascript:alert(1)'],
  ['a user name', 'https://public.example.com@10.0.0.1/'],
  ['a user name before a public name', 'https://admin@public.example.com/'],
  ['a backslash that hides the host', 'https://10.0.0.1\\@public.example.com/'],
  ['a line break in the host', 'https://public.example.com\r\nX-Injected: 1/'],
  ['a tab in the address', 'https://127.0.\t0.1/'],
  ['too long', `https://public.example.com/${'a'.repeat(2_048)}`],
  ['no URL', 'public.example.com'],
];

/** Names that look innocent; what they answer is not. */
const HOSTILE_NAMES: readonly (readonly [what: string, name: string, ...answers: DnsAnswer[]])[] = [
  ['loopback', 'loopback.example.com', { a: ['127.0.0.1'] }],
  ['this network', 'zero.example.com', { a: ['0.0.0.0'] }],
  ['a private address', 'private.example.com', { a: ['10.1.2.3'] }],
  ['metadata', 'metadata.example.com', { a: ['169.254.169.254'] }],
  ['a public address and a private one', 'mixed.example.com', { a: ['93.184.215.14', '192.168.0.1'] }],
  [
    'a public IPv4 and a private IPv6 address',
    'split.example.com',
    { a: ['93.184.215.14'], aaaa: ['fd00::1'] },
  ],
  ['IPv6 loopback only', 'six.example.com', { aaaa: ['::1'] }],
  ['IPv4-mapped loopback', 'mapped.example.com', { aaaa: ['::ffff:127.0.0.1'] }],
  ['NAT64 of metadata', 'nat64.example.com', { aaaa: ['64:ff9b::a9fe:a9fe'] }],
  ['a private address under an IDN', 'xn--pstrider-n4a.example.com', { a: ['10.0.0.1'] }],
  ['a private address at the 40th place', 'many.example.com', { a: [...publicAddresses(39), '10.0.0.1'] }],
];

function publicAddresses(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `93.184.215.${index + 1}`);
}

const STRICT: TargetPolicy = { mode: 'strict', allow: [] };

describe('hostile targets, under the strict policy', () => {
  let dns: DnsServer;
  let transmitter: Transmitter;

  beforeAll(async () => {
    dns = await startDnsServer();
    for (const [, name, ...answers] of HOSTILE_NAMES) dns.answer(name, ...answers);
    transmitter = createTransmitter({ policy: STRICT, version: 'test', nameServers: [dns.address] });
  });
  afterAll(async () => {
    transmitter.close();
    await dns.close();
  });

  const kindOf = async (url: string) => {
    const outcome = await transmitter.transmit({ url, body: '[]', headers: {}, timeoutMs: 5_000 });
    return outcome.kind;
  };

  it.each(HOSTILE_URLS)('blocks %s', async (_what, url) => {
    expect(await kindOf(url)).toBe('blocked');
  });

  it.each(HOSTILE_NAMES)('blocks a name that answers with %s: %s', async (_what, name) => {
    expect(await kindOf(`https://${name}/hook`)).toBe('blocked');
    expect(dns.asked(name, 'A')).toBeGreaterThan(0);
  });
});
