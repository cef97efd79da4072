import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ApiCredential } from '#libs/config/loadConfig.ts';
import type { Principal } from './principal.ts';

/** The credentials of API_CREDENTIALS. One user may have several entries, for several clients. */
export class ConfiguredCredentials {
  /** Of this process only: digests of equal length can be compared in constant time. */
  readonly #key = randomBytes(32);
  readonly #entries: readonly { readonly digest: Buffer; readonly clientId: number | null }[];

  constructor(entries: readonly ApiCredential[]) {
    this.#entries = entries.map(({ user, password, clientId }) => {
      return { digest: this.#digest(user, password), clientId };
    });
  }

  /** Null when the pair is unknown. Takes the same time whatever is wrong with it. */
  check(user: string, password: string): Principal | null {
    const digest = this.#digest(user, password);
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
