import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/**
 * Encrypts a webhook's password or passphrase for its row in MySQL: AES-256-GCM with a random nonce, bound to
 * the row's id, so that a ciphertext moved to another row does not decrypt.
 *
 *   version (1 byte) · key id (4) · nonce (12) · tag (16) · ciphertext
 *
 * The key id names the key by its hash. The first key encrypts, every key decrypts: that is all that a
 * rotation of keys needs.
 */
export class CredentialCipher {
  readonly #keys: ReadonlyMap<string, Buffer>;
  readonly #current: { readonly id: Buffer; readonly key: Buffer };

  constructor({ keys }: { keys: readonly [Buffer, ...Buffer[]] }) {
    this.#current = { id: keyId(keys[0]), key: keys[0] };
    this.#keys = new Map(keys.map((key) => [keyId(key).toString('hex'), key]));
  }

  encrypt(secret: string, webhookId: number): Buffer {
    const head = Buffer.concat([Buffer.of(VERSION), this.#current.id]);
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#current.key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(additionalData(head, webhookId));
    const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return Buffer.concat([head, nonce, cipher.getAuthTag(), text]);
  }

  /** Whether the current key has encrypted it. */
  isCurrent(sealed: Buffer): boolean {
    return sealed.subarray(1, HEAD_BYTES).equals(this.#current.id);
  }

  decrypt(sealed: Buffer, webhookId: number): string {
    const head = sealed.subarray(0, HEAD_BYTES);
    const key = this.#keys.get(head.subarray(1).toString('hex'));
    if (head[0] !== VERSION || !key) throw new CredentialUnreadable(webhookId, 'no ENCRYPTION_KEY fits');
    const nonce = sealed.subarray(HEAD_BYTES, HEAD_BYTES + NONCE_BYTES);
    const text = HEAD_BYTES + NONCE_BYTES + TAG_BYTES;
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(additionalData(head, webhookId));
      decipher.setAuthTag(sealed.subarray(HEAD_BYTES + NONCE_BYTES, text));
      return decipher.update(sealed.subarray(text), undefined, 'utf8') + decipher.final('utf8');
    } catch {
      throw new CredentialUnreadable(webhookId, 'the ciphertext was changed, or belongs to another webhook');
    }
  }
}

/** The stored secret can't be read: the key is gone or the row was tampered with. */
export class CredentialUnreadable extends Error {
  override readonly name = 'CredentialUnreadable';

  constructor(webhookId: number, reason: string) {
    super(`The credentials of webhook ${webhookId} can't be decrypted: ${reason}.`);
  }
}

const VERSION = 1;
const KEY_ID_BYTES = 4;
const HEAD_BYTES = 1 + KEY_ID_BYTES;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

function keyId(key: Buffer): Buffer {
  return createHash('sha256').update(key).digest().subarray(0, KEY_ID_BYTES);
}

function additionalData(head: Buffer, webhookId: number): Buffer {
  return Buffer.concat([head, Buffer.from(`webhook:${webhookId}`)]);
}
