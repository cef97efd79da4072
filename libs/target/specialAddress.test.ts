import { describe, expect, it } from '@jest/globals';
import { assertAllowList, isSpecialAddress, type TargetPolicy } from './specialAddress.ts';

const strict: TargetPolicy = { mode: 'strict', allow: [] };
const development: TargetPolicy = { mode: 'development', allow: [] };

/** The first and the last address of each special range, and of none other. */
const SPECIAL = [
  ['0.0.0.0', '0.255.255.255'],
  ['10.0.0.0', '10.255.255.255'],
  ['100.64.0.0', '100.127.255.255'],
  ['127.0.0.0', '127.255.255.255'],
  ['169.254.0.0', '169.254.255.255'],
  ['172.16.0.0', '172.31.255.255'],
  ['192.0.0.0', '192.0.0.255'],
  ['192.0.2.0', '192.0.2.255'],
  ['192.88.99.0', '192.88.99.255'],
  ['192.168.0.0', '192.168.255.255'],
  ['198.18.0.0', '198.19.255.255'],
  ['198.51.100.0', '198.51.100.255'],
  ['203.0.113.0', '203.0.113.255'],
  ['224.0.0.0', '255.255.255.255'],
  ['168.63.129.16', '168.63.129.16'],
  ['::', '1fff:ffff::'],
  ['2001::', '2001:1ff:ffff::'],
  ['2001:db8::', '2001:db8:ffff::'],
  ['2002::', '2002:ffff::'],
  ['3fff::', '3fff:fff:ffff::'],
  ['4000::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
] as const;

/** The public neighbours of those ranges. */
const PUBLIC = [
  '1.0.0.0',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.0',
  '169.253.255.255',
  '172.15.255.255',
  '172.32.0.0',
  '192.0.1.0',
  '192.0.3.0',
  '192.167.255.255',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '168.63.129.17',
  '2000::1',
  '2001:200::1',
  '2001:db7::1',
  '2001:db9::1',
  '2003::1',
  '2606:4700::1',
  '3ffe::1',
];

describe('isSpecialAddress', () => {
  it.each(SPECIAL)('is true from %s to %s', (first, last) => {
    expect(isSpecialAddress(first, strict)).toBe(true);
    expect(isSpecialAddress(last, strict)).toBe(true);
  });

  it.each(PUBLIC)('is false for %s', (address) => {
    expect(isSpecialAddress(address, strict)).toBe(false);
  });

  it.each(['', 'localhost', '127.1', '0177.0.0.1', '2130706433', '2606:4700::1%eth0', '[::1]', '1.1.1.1/32'])(
    'is true for "%s", which is no canonical address',
    (text) => {
      expect(isSpecialAddress(text, strict)).toBe(true);
      expect(isSpecialAddress(text, development)).toBe(true);
    },
  );

  it.each([
    ['127.0.0.1', false],
    ['::1', false],
    ['10.1.2.3', false],
    ['192.168.1.1', false],
    ['172.17.0.1', false],
    ['100.64.0.1', false],
    ['fd00::1', false],
    ['93.184.215.14', false],
    ['169.254.169.254', true],
    ['168.63.129.16', true],
    ['fe80::1', true],
    ['0.0.0.0', true],
    ['224.0.0.1', true],
    ['::ffff:127.0.0.1', true],
  ])('in development, is for %s: %s', (address, special) => {
    expect(isSpecialAddress(address, development)).toBe(special);
  });

  it.each([
    ['10.1.2.3', false],
    ['10.2.0.1', true],
    ['fd12::1', false],
    ['fd13::1', true],
    ['::ffff:10.1.2.3', true],
  ])('with single ranges allowed, is for %s: %s', (address, special) => {
    const policy: TargetPolicy = { mode: 'strict', allow: ['10.1.0.0/16', 'fd12::/32'] };
    expect(isSpecialAddress(address, policy)).toBe(special);
  });
});

describe('assertAllowList', () => {
  it.each(['10.0.0.0', '10.0.0.0/33', 'ten/8', 'fd00::/129', ''])('names the wrong entry "%s"', (cidr) => {
    expect(() => assertAllowList({ mode: 'strict', allow: ['10.0.0.0/8', cidr] })).toThrow(`"${cidr}"`);
  });
});
