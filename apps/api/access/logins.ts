import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ApiUser, ApiUserStore } from '#libs/store/apiUserStore.ts';
import { verifyPassword } from '#libs/store/passwordHash.ts';
import type { ConfiguredCredentials, Recognized } from './configuredCredentials.ts';
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
  | ({ readonly kind: 'known' } & Recognized)
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
/** A session asks every few seconds; whether its user is still there, the database is asked so often. */
const REMEMBER_SESSION_MS = 5_000;
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
  readonly #remembered = new LRUCache<string, Recognized | 'wrong'>({ max: MAX_REMEMBERED });
  readonly #recalled = new LRUCache<string, Principal>({ max: MAX_REMEMBERED, ttl: REMEMBER_SESSION_MS });
  /** Of proofs, the same in all API processes. */
  readonly #proofKey: Buffer;
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
    proofKey: Buffer;
  }) {
    this.#configured = parts.configured;
    this.#users = parts.users;
    this.#failures = parts.failures;
    this.#proofKey = parts.proofKey;
  }

  async logIn(attempt: LoginAttempt): Promise<Login> {
    const { user, party } = attempt;
    const pair = this.#nameOf(attempt);
    const remembered = this.#remembered.get(pair);
    if (remembered && remembered !== 'wrong') return { kind: 'known', ...remembered };
    const who = `${party} ${user}`;
    const waitMs = await this.#failures.waitMs(who);
    if (waitMs > 0) return { kind: 'locked', waitMs };
    const login: Login = remembered ? { kind: 'wrong' } : await this.#checkOnce(pair, attempt);
    if (login.kind === 'wrong') await this.#failures.count(who);
    if (login.kind === 'known') await this.#failures.forget(who);
    return login;
  }

  /** Who once logged in with that proof, or null: the user is gone, or has another password. */
  async recall(user: string, proof: string): Promise<Principal | null> {
    const name = `${proof} ${user}`;
    const known = this.#recalled.get(name);
    if (known) return known;
    const principal = this.#configured.recall(user, proof) ?? (await this.#recallStored(user, proof));
    if (principal) this.#recalled.set(name, principal);
    return principal;
  }

  async #recallStored(user: string, proof: string): Promise<Principal | null> {
    const found = await this.#users.findWithHash(user);
    return found && this.#proofOf(found.passwordHash) === proof ? principalOf(found.user) : null;
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

  async #checkStored(user: string, password: string): Promise<Recognized | null> {
    const found = await this.#users.findWithHash(user);
    const isRight = await verifyPassword(password, found?.passwordHash ?? null);
    if (!found || !isRight) return null;
    return { principal: principalOf(found.user), proof: this.#proofOf(found.passwordHash) };
  }

  #remember(pair: string, recognized: Recognized): Login {
    this.#remembered.set(pair, recognized, { ttl: REMEMBER_RIGHT_MS });
    return { kind: 'known', ...recognized };
  }

  /** Another with each change of the password, whose hash has a new salt then. */
  #proofOf(passwordHash: string): string {
    return createHmac('sha256', this.#proofKey).update(passwordHash).digest('base64url');
  }

  #nameOf({ user, password }: LoginAttempt): string {
    return createHmac('sha256', this.#key).update(`${user}:${password}`).digest('base64');
  }
}

function principalOf({ name, clientId }: ApiUser): Principal {
  return { user: name, clientIds: clientId === null ? 'all' : new Set([clientId]) };
}
