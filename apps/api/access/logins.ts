import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ApiUserStore } from '#libs/store/apiUserStore.ts';
import { verifyPassword } from '#libs/store/passwordHash.ts';
import type { ConfiguredCredentials } from './configuredCredentials.ts';
import type { Limiter } from './limiter.ts';
import type { Principal } from './principal.ts';
import { Turnstile } from './turnstile.ts';

export interface LoginAttempt {
  readonly user: string;
  readonly password: string;
  /** What counts as one address. */
  readonly party: string;
}

export type Login =
  | { readonly kind: 'known'; readonly principal: Principal }
  | { readonly kind: 'wrong' }
  /** Too many wrong passwords for this user from this address. */
  | { readonly kind: 'locked'; readonly waitMs: number }
  /** More passwords are being checked than this process can. */
  | { readonly kind: 'busy' };

/** How long a checked password stays good without a check: so long does a removed user remain. */
const REMEMBER_RIGHT_MS = 30_000;
/** A program with a wrong password asks again and again. A new password may have to wait this long. */
const REMEMBER_WRONG_MS = 5_000;
const MAX_REMEMBERED = 10_000;
/** A check is about a tenth of a second of a core, and 32 MiB. */
const CHECKS_AT_ONCE = 2;
const CHECKS_WAITING = 32;
const CHECKS_PER_ADDRESS = 8;

/**
 * Comes in: a user name and a password. Goes out: who that is. In this order: what has just been checked; a lock of
 * this user at this address; API_CREDENTIALS; the users in MySQL, of which an unknown one costs the same as a known one.
 */
export class Logins {
  readonly #configured: ConfiguredCredentials;
  readonly #users: Pick<ApiUserStore, 'findWithHash'>;
  readonly #failures: Limiter;
  /** Remembered pairs are known by an HMAC with a key of this process: no password stays in memory. */
  readonly #key = randomBytes(32);
  readonly #remembered = new LRUCache<string, Principal | 'wrong'>({ max: MAX_REMEMBERED });
  readonly #running = new Map<string, Promise<Login>>();
  readonly #checks = new Turnstile({
    atOnce: CHECKS_AT_ONCE,
    places: CHECKS_WAITING,
    placesPerParty: CHECKS_PER_ADDRESS,
  });

  constructor(parts: {
    configured: ConfiguredCredentials;
    users: Pick<ApiUserStore, 'findWithHash'>;
    failures: Limiter;
  }) {
    this.#configured = parts.configured;
    this.#users = parts.users;
    this.#failures = parts.failures;
  }

  async logIn(attempt: LoginAttempt): Promise<Login> {
    const { user, party } = attempt;
    const pair = this.#nameOf(attempt);
    const remembered = this.#remembered.get(pair);
    if (remembered && remembered !== 'wrong') return { kind: 'known', principal: remembered };
    const who = `${party} ${user}`;
    const waitMs = await this.#failures.waitMs(who);
    if (waitMs > 0) return { kind: 'locked', waitMs };
    const login: Login = remembered ? { kind: 'wrong' } : await this.#checkOnce(pair, attempt);
    if (login.kind === 'wrong') await this.#failures.count(who);
    if (login.kind === 'known') await this.#failures.forget(who);
    return login;
  }

  /** The same pair is checked once at a time, whoever sends it. */
  #checkOnce(pair: string, attempt: LoginAttempt): Promise<Login> {
    const running = this.#running.get(pair) ?? this.#check(pair, attempt);
    this.#running.set(pair, running);
    return running.finally(() => this.#running.delete(pair));
  }

  async #check(pair: string, { user, password, party }: LoginAttempt): Promise<Login> {
    const configured = this.#configured.check(user, password);
    if (configured) return this.#remember(pair, configured);
    const turn = await this.#checks.run(party, () => this.#checkStored(user, password));
    if (turn.kind === 'busy') return { kind: 'busy' };
    if (turn.value) return this.#remember(pair, turn.value);
    this.#remembered.set(pair, 'wrong', { ttl: REMEMBER_WRONG_MS });
    return { kind: 'wrong' };
  }

  async #checkStored(user: string, password: string): Promise<Principal | null> {
    const found = await this.#users.findWithHash(user);
    const isRight = await verifyPassword(password, found?.passwordHash ?? null);
    if (!found || !isRight) return null;
    const { clientId } = found.user;
    return { user, clientIds: clientId === null ? 'all' : new Set([clientId]) };
  }

  #remember(pair: string, principal: Principal): Login {
    this.#remembered.set(pair, principal, { ttl: REMEMBER_RIGHT_MS });
    return { kind: 'known', principal };
  }

  #nameOf({ user, password }: LoginAttempt): string {
    return createHmac('sha256', this.#key).update(`${user}:${password}`).digest('base64');
  }
}
