import { type Keys, Seal, SealBroken } from './seal.ts';

/** Encrypts a webhook's password or passphrase for its row in MySQL, bound to the row's id (see seal.ts). */
export class CredentialCipher {
  readonly #seal: Seal;

  constructor({ keys }: { keys: Keys }) {
    this.#seal = new Seal({ keys });
  }

  encrypt(secret: string, webhookId: number): Buffer {
    return this.#seal.seal(Buffer.from(secret), placeOf(webhookId));
  }

  /** Whether the current key has encrypted it. */
  isCurrent(sealed: Buffer): boolean {
    return this.#seal.isCurrent(sealed);
  }

  decrypt(sealed: Buffer, webhookId: number): string {
    try {
      return this.#seal.open(sealed, placeOf(webhookId)).toString('utf8');
    } catch (error) {
      if (error instanceof SealBroken) throw new CredentialUnreadable(webhookId, error.message);
      throw error;
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

function placeOf(webhookId: number): string {
  return `webhook:${webhookId}`;
}
