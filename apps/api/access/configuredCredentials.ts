import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ApiCredential } from '#libs/config/loadConfig.ts';
import type { Principal } from './principal.ts';

/** Who it is, and what proves later that these very credentials are still there. */
export interface Recognized {
  readonly principal: Principal;
  readonly proof: string;
}

/** The credentials of API_CREDENTIALS. One user may have several entries, for several clients. */
export class ConfiguredCredentials {
  /** Digests of equal length can be compared in constant time. */
  readonly #key: Buffer;
  readonly #entries: readonly { readonly digest: Buffer; readonly clientId: number | null }[];

  /** The key is the same in all API processes: what one has proved, the others know. */
  constructor(entries: readonly ApiCredential[], key: Buffer) {
    this.#key = key;
    this.#entries = entries.map(({ user, password, clientId }) => {
      return { digest: this.#digest(user, password), clientId };
    });
  }

  /** Null when the pair is unknown. Takes the same time whatever is wrong with it. */
  check(user: string, password: string): Recognized | null {
    const digest = this.#digest(user, password);
    const principal = this.#find(user, digest);
    return principal && { principal, proof: digest.toString('base64url') };
  }

  /** Null when the pair that has once been checked is not there any more. */
  recall(user: string, proof: string): Principal | null {
    const digest = Buffer.from(proof, 'base64url');
    return digest.length === this.#digest('', '').length ? this.#find(user, digest) : null;
  }

  #find(user: string, digest: Buffer): Principal | null {
    // No early exit: every entry is compared.
    const matching = this.#entries.filter((entry) => timingSafeEqual(entry.digest, digest));
    if (matching.length === 0) return null;
    const clientIds = matching.map(({ clientId }) => clientId);
    const isOperator = clientIds.includes(null);
    return { user, clientIds: isOperator ? 'all' : new Set(clientIds.filter((id) => id !== null)) };
  }

  #digest(user: string, password: string): Buffer {
    return createHmac('sha256', this.#key).update(`${user}:${password}`).digest();
  }
}
