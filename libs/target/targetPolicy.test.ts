import { describe, expect, it } from '@jest/globals';
import type { TargetPolicy } from './specialAddress.ts';
import { checkTargetUrl } from './targetPolicy.ts';

const strict: TargetPolicy = { mode: 'strict', allow: [] };
const development: TargetPolicy = { mode: 'development', allow: [] };
const withAllowList: TargetPolicy = { mode: 'strict', allow: ['10.1.0.0/16'] };

const reason = (url: string, policy: TargetPolicy) => {
  const check = checkTargetUrl(url, policy);
  return check.ok ? null : check.reason;
};

describe('checkTargetUrl', () => {
  it.each([
    'https://hooks.example.com/postrider',
    'https://hooks.example.com',
    'HTTPS://Hooks.Example.COM:443/a/b?key=value&x=%20#part',
    'https://93.184.215.14/hook',
    'https://[2606:4700::1]/hook',
    'https://müller.example/hook',
    'https://xn--mller-kva.example/hook',
    'https://under_score.example.com/hook',
    'https://a.localhost.example.com/',
    'https://internal.example.com/',
    `https://example.com/${'a'.repeat(2_028)}`,
  ])('takes %s under the strict policy', (url) => {
    expect(reason(url, strict)).toBeNull();
  });

  it.each([
    ['http://example.com/', 'must begin with https://'],
    ['ftp://example.com/', 'must begin with https://'],
    ['https://example.com:8443/', 'must use port 443, got 8443'],
    ['https://user@example.com/', 'must not hold a user name or password'],
    ['https://:pass@example.com/', 'must not hold a user name or password'],
    ['https://example.com./', 'must have no dot at the end'],
    ['https://example..com/', 'must have a host name of letters'],
    ['https://-a.example.com/', 'must have a host name of letters'],
    ['https://a!b.example.com/', 'must have a host name of letters'],
    ['https://localhost/', 'must have a public host name'],
    ['https://intranet/', 'must have a public host name'],
    ['https://db.internal/', 'must have a public host name'],
    ['https://10.0.0.1/', 'must be at a public address, got 10.0.0.1'],
    ['https://0x0a.1/', 'must be at a public address, got 10.0.0.1'],
    ['https://[::1]/', 'must be at a public address, got ::1'],
    ['https:// example.com/', 'must have no spaces'],
    ['https://example.com\\@10.0.0.1/', 'backslashes'],
    ['https://example.com/\n', 'control characters'],
    ['example.com', 'must be a URL'],
    ['', 'must be a URL'],
    [`https://example.com/${'a'.repeat(2_029)}`, 'at most 2048 characters, got 2049'],
  ])('refuses %s under the strict policy', (url, words) => {
    expect(reason(url, strict)).toContain(words);
  });

  it.each([
    ['http://localhost:3000/hook', null],
    ['http://127.0.0.1:8080/hook', null],
    ['https://customer:8443/hook', null],
    ['http://[::1]:8080/', null],
    ['http://169.254.169.254/', 'must be at a public address'],
    ['ftp://localhost/', 'must begin with https:// or http://'],
    ['http://user:pass@localhost/', 'must not hold a user name or password'],
  ])('under the development policy, says of %s: %s', (url, words) => {
    const said = reason(url, development);
    if (words === null) expect(said).toBeNull();
    else expect(said).toContain(words);
  });

  it.each([
    ['https://10.1.2.3/', null],
    ['https://crm.internal/', null],
    ['https://10.2.0.1/', 'must be at a public address'],
    ['http://10.1.2.3/', 'must begin with https://'],
    ['https://10.1.2.3:8443/', 'must use port 443'],
  ])('with a range allowed, says of %s: %s', (url, words) => {
    const said = reason(url, withAllowList);
    if (words === null) expect(said).toBeNull();
    else expect(said).toContain(words);
  });

  it('gives the URL as it will be used', () => {
    const check = checkTargetUrl('https://Hooks.EXAMPLE.com:443/a', strict);
    expect(check.ok && check.url.href).toBe('https://hooks.example.com/a');
  });
});
