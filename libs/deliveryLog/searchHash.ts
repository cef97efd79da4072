import { type Cipheriv, createCipheriv, createHash, hkdfSync } from 'node:crypto';
import type { Term } from './searchTerms.ts';

/** Of each value. Where a hundred million are stored, one search in 500,000 finds one that it should not. */
export const HASH_BYTES = 6;

const BLOCK_BYTES = 16;
/** What is longer counts by its SHA-256. The length must fit into a byte. */
const MAX_VALUE_BYTES = 255;

/**
 * A keyed hash of the values by which transmissions are found: who has the rows but not ENCRYPTION_KEY can't tell
 * whether an address is among them, nor try addresses out. It is the CBC-MAC of AES-256 over the value's length and
 * bytes, which is safe because no such message is the begin of another; and it takes the values of a whole batch
 * through AES together, block by block, where an HMAC for each would cost many times as much.
 */
export class SearchHash {
  readonly #cipher: Cipheriv;

  /** `encryptionKey`: of the deployment; the hash has a key of its own, derived from it. */
  constructor(encryptionKey: Buffer) {
    const key = Buffer.from(hkdfSync('sha256', encryptionKey, '', 'postrider delivery log: search', 32));
    this.#cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  }

  /** The hashes of values in `bytes`, one after the other. */
  hashAll(bytes: Buffer, terms: readonly Term[]): Buffer {
    const values = shortened(bytes, terms);
    const hashes = Buffer.allocUnsafe(terms.length * HASH_BYTES);
    /** Positions of the values that go on, each with its state at its place among them. */
    let open = Array.from(terms.keys());
    let states: Uint8Array = new Uint8Array(terms.length * BLOCK_BYTES);
    for (let block = 0; open.length > 0; block += 1) {
      for (let place = 0; place < open.length; place += 1) {
        const term = values.terms[open[place] ?? 0];
        if (term) addBlock(states, place * BLOCK_BYTES, values.bytes, term, block);
      }
      const encrypted = this.#cipher.update(states);
      const longer: number[] = [];
      for (let place = 0; place < open.length; place += 1) {
        const index = open[place] ?? 0;
        const from = place * BLOCK_BYTES;
        if (hasBlock(values.terms[index], block + 1)) {
          copyBytes(encrypted, from, states, longer.length * BLOCK_BYTES, BLOCK_BYTES);
          longer.push(index);
        } else {
          copyBytes(encrypted, from, hashes, index * HASH_BYTES, HASH_BYTES);
        }
      }
      open = longer;
      states = states.subarray(0, open.length * BLOCK_BYTES);
    }
    return hashes;
  }

  hash(value: Buffer): Buffer {
    return this.hashAll(value, [{ start: 0, end: value.length }]);
  }
}

interface Values {
  readonly bytes: Buffer;
  readonly terms: readonly Term[];
}

/** With the SHA-256 in place of each value that is too long. */
function shortened(bytes: Buffer, terms: readonly Term[]): Values {
  const isLong = ({ start, end }: Term) => end - start > MAX_VALUE_BYTES;
  if (!terms.some(isLong)) return { bytes, terms };
  const digests: Buffer[] = [];
  let end = bytes.length;
  const short = terms.map((term) => {
    if (!isLong(term)) return term;
    const digest = createHash('sha256').update(bytes.subarray(term.start, term.end)).digest();
    digests.push(digest);
    end += digest.length;
    return { start: end - digest.length, end };
  });
  return { bytes: Buffer.concat([bytes, ...digests]), terms: short };
}

/** A value's message is its length in the first byte, then its bytes, then zeros to the end of the block. */
function hasBlock(term: Term | undefined, block: number): boolean {
  return term !== undefined && block * BLOCK_BYTES < term.end - term.start + 1;
}

/** Adds a block of the value's message to the state at `offset`, bit by bit. */
function addBlock(
  states: Uint8Array,
  offset: number,
  bytes: Uint8Array,
  { start, end }: Term,
  block: number,
): void {
  let at = start + block * BLOCK_BYTES - 1;
  let to = offset;
  if (block === 0) {
    states[to] = (states[to] ?? 0) ^ (end - start);
    at += 1;
    to += 1;
  }
  const last = Math.min(offset + BLOCK_BYTES, to + end - at);
  for (; to < last; to += 1, at += 1) states[to] = (states[to] ?? 0) ^ (bytes[at] ?? 0);
}

/** By hand: for a few bytes the call of a native function costs more. */
function copyBytes(from: Uint8Array, start: number, to: Uint8Array, offset: number, count: number): void {
  for (let i = 0; i < count; i += 1) to[offset + i] = from[start + i] ?? 0;
}
