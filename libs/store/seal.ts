import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

export type Keys = readonly [Buffer, ...Buffer[]];

/**
 * Encrypts bytes for MySQL by AES-256-GCM with a random nonce, bound to where they belong, so that a ciphertext that
 * was moved elsewhere does not open.
 *
 *   version (1 byte) · key id (4) · nonce (12) · tag (16) · ciphertext
 *
 * The key id names the key by its hash. The first key seals, every key opens: that is all that a rotation of keys
 * needs.
 */
export class Seal {
  readonly #keys: ReadonlyMap<string, Buffer>;
  readonly #current: { readonly id: Buffer; readonly key: Buffer };

  constructor({ keys }: { keys: Keys }) {
    this.#current = { id: keyId(keys[0]), key: keys[0] };
    this.#keys = new Map(keys.map((key) => [keyId(key).toString('hex'), key]));
  }

  seal(bytes: Buffer, boundTo: string): Buffer {
    const head = Buffer.concat([Buffer.of(VERSION), this.#current.id]);
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#current.key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(additionalData(head, boundTo));
    const text = Buffer.concat([cipher.update(bytes), cipher.final()]);
    return Buffer.concat([head, nonce, cipher.getAuthTag(), text]);
  }

  /** Whether the current key has sealed it. */
  isCurrent(sealed: Buffer): boolean {
    return sealed.subarray(1, HEAD_BYTES).equals(this.#current.id);
  }

  /** Throws SealBroken. */
  open(sealed: Buffer, boundTo: string): Buffer {
    const head = sealed.subarray(0, HEAD_BYTES);
    const key = this.#keys.get(head.subarray(1).toString('hex'));
    if (head[0] !== VERSION || !key) throw new SealBroken('no ENCRYPTION_KEY fits');
    const nonce = sealed.subarray(HEAD_BYTES, HEAD_BYTES + NONCE_BYTES);
    const text = HEAD_BYTES + NONCE_BYTES + TAG_BYTES;
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(additionalData(head, boundTo));
      decipher.setAuthTag(sealed.subarray(HEAD_BYTES + NONCE_BYTES, text));
      return Buffer.concat([decipher.update(sealed.subarray(text)), decipher.final()]);
    } catch {
      throw new SealBroken('the ciphertext was changed, or belongs elsewhere');
    }
  }
}

/** What was sealed can't be read: the key is gone, or the bytes were tampered with. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

const VERSION = 1;
const KEY_ID_BYTES = 4;
const HEAD_BYTES = 1 + KEY_ID_BYTES;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

function keyId(key: Buffer): Buffer {
  return createHash('sha256').update(key).digest().subarray(0, KEY_ID_BYTES);
}

function additionalData(head: Buffer, boundTo: string): Buffer {
  return Buffer.concat([head, Buffer.from(boundTo)]);
}
