import { hkdfSync } from 'node:crypto';
import { CredentialCipher, CredentialUnreadable } from '#libs/store/credentialCipher.ts';
import { SearchHash } from './searchHash.ts';
import { asTerm, findTerms } from './searchTerms.ts';

/** Of an answer (contract §5). */
const MAX_RESPONSE_BYTES = 1_024;

type Keys = readonly [Buffer, ...Buffer[]];

/**
 * Keeps what may name a person out of the log's rows: ids and addresses of an event are there as keyed hashes, and an
 * answer, which may repeat what was sent, is encrypted. Both keys are derived from ENCRYPTION_KEY; of several, the first
 * writes and all read.
 */
export class LogSecrets {
  readonly #hashes: readonly [SearchHash, ...SearchHash[]];
  readonly #cipher: CredentialCipher;

  constructor({ encryptionKeys }: { encryptionKeys: Keys }) {
    const [first, ...older] = encryptionKeys;
    this.#hashes = [new SearchHash(first), ...older.map((key) => new SearchHash(key))];
    this.#cipher = new CredentialCipher({ keys: [responseKey(first), ...older.map(responseKey)] });
  }

  /** Of all events that one POST carried; `jsons`: them as they are sent, in any number of pieces. */
  searchKeys(jsons: readonly Buffer[]): Buffer {
    const [hash] = this.#hashes;
    const [only] = jsons;
    // In one piece: for many small ones, the calls would cost more than the copy.
    const json = only && jsons.length === 1 ? only : Buffer.concat(jsons);
    return hash.hashAll(json, findTerms(json));
  }

  /** What to look for in search keys; one for each key that may have written them. */
  lookFor(search: string): Buffer[] {
    return this.#hashes.map((hash) => hash.hash(asTerm(search)));
  }

  sealResponse(body: string, webhookId: number): Buffer {
    return body === '' ? NOTHING : this.#cipher.encrypt(firstBytes(body), webhookId);
  }

  /** Empty when its key is gone. */
  openResponse(sealed: Buffer, webhookId: number): string {
    if (sealed.length === 0) return '';
    try {
      return this.#cipher.decrypt(sealed, webhookId);
    } catch (error) {
      if (error instanceof CredentialUnreadable) return '';
      throw error;
    }
  }
}

const NOTHING = Buffer.alloc(0);

/** Apart from that of the credentials: what a target answers must not be taken for a password. */
function responseKey(encryptionKey: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', encryptionKey, '', 'postrider delivery log: responses', 32));
}

/** Not half a character at the end. */
function firstBytes(body: string): string {
  const bytes = Buffer.from(body);
  if (bytes.length <= MAX_RESPONSE_BYTES) return body;
  return new TextDecoder().decode(bytes.subarray(0, MAX_RESPONSE_BYTES), { stream: true });
}
