import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { HASH_BYTES, SearchHash } from './searchHash.ts';

const KEY = randomBytes(32);
const hash = new SearchHash(KEY);

/** The same by OpenSSL's own chaining, one value at a time: the last block of CBC with an IV of zeros. */
function cbcMac(value: Buffer): Buffer {
  const key = Buffer.from(hkdfSync('sha256', KEY, '', 'postrider delivery log: search', 32));
  const message = Buffer.concat([Buffer.of(value.length), value]);
  const padded = Buffer.concat([message, Buffer.alloc((16 - (message.length % 16)) % 16)]);
  const cipher = createCipheriv('aes-256-cbc', key, Buffer.alloc(16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(padded), cipher.final()]).subarray(-16);
}

describe('the hash of what is searched for', () => {
  it('is the CBC-MAC, of values of any length, alone or together', () => {
    const values = Array.from({ length: 256 }, (_, length) => randomBytes(length));
    const bytes = Buffer.concat(values);
    let end = 0;
    const terms = values.map(({ length }) => {
      end += length;
      return { start: end - length, end };
    });
    const together = hash.hashAll(bytes, terms);
    values.forEach((value, index) => {
      const one = together.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
      expect(one).toEqual(cbcMac(value).subarray(0, HASH_BYTES));
      expect(hash.hash(value)).toEqual(one);
    });
  });

  it('of nothing is nothing', () => {
    expect(hash.hashAll(Buffer.from('abc'), [])).toHaveLength(0);
  });

  it('tells long values apart', () => {
    const long = Buffer.alloc(1_000, 'x');
    const other = Buffer.concat([long, Buffer.from('y')]);
    expect(hash.hash(long)).toEqual(hash.hash(Buffer.from(long)));
    expect(hash.hash(long)).not.toEqual(hash.hash(other));
  });

  it('is another one under another key', () => {
    const value = Buffer.from('anna@example.com');
    expect(new SearchHash(randomBytes(32)).hash(value)).not.toEqual(hash.hash(value));
    expect(new SearchHash(KEY).hash(value)).toEqual(hash.hash(value));
  });
});
