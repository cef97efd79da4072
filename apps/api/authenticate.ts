import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import type { ApiCredential } from '#libs/config/loadConfig.ts';
import { ApiProblem } from './problem.ts';

/** Who asks, and for which clients they may act. */
export interface Principal {
  readonly user: string;
  /** `all`: an operator. */
  readonly clientIds: ReadonlySet<number> | 'all';
}

export interface Credentials {
  /** Null when the pair is unknown. Takes the same time whatever is wrong with it. */
  check(user: string, password: string): Promise<Principal | null>;
}

/** The credentials of API_CREDENTIALS. One user may have several entries, for several clients. */
export class ConfiguredCredentials implements Credentials {
  /** Of this process only: digests of equal length can be compared in constant time. */
  readonly #key = randomBytes(32);
  readonly #entries: readonly { readonly digest: Buffer; readonly clientId: number | null }[];

  constructor(entries: readonly ApiCredential[]) {
    this.#entries = entries.map(({ user, password, clientId }) => {
      return { digest: this.#digest(user, password), clientId };
    });
  }

  async check(user: string, password: string): Promise<Principal | null> {
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

/** 401 without valid credentials; else the principal is known to the handlers that follow. */
export function authenticate(credentials: Credentials): RequestHandler {
  return async (request, response, next) => {
    const pair = parseBasic(request.headers.authorization);
    const principal = pair && (await credentials.check(pair.user, pair.password));
    if (!principal) {
      throw new ApiProblem('unauthorized', 'Send a user name and password of this API by HTTP Basic.', {
        headers: { 'WWW-Authenticate': 'Basic realm="Postrider", charset="UTF-8"' },
      });
    }
    response.locals.principal = principal;
    next();
  };
}

export function principalOf(response: Response): Principal | undefined {
  return response.locals.principal as Principal | undefined;
}

export function mayActFor(principal: Principal | undefined, clientId: number): boolean {
  return principal?.clientIds === 'all' || (principal?.clientIds.has(clientId) ?? false);
}

/** For pages that show the data of every client. */
export const requireOperator: RequestHandler = (_request, response, next) => {
  if (principalOf(response)?.clientIds === 'all') return next();
  throw new ApiProblem('forbidden', 'This page is for operators.');
};

/** RFC 7617: base64 of `user:password` in UTF-8; the user name has no colon. */
function parseBasic(header: string | undefined): { user: string; password: string } | null {
  const [, base64] = header?.match(/^Basic +([A-Za-z0-9+/]+=*)$/i) ?? [];
  if (base64 === undefined) return null;
  const text = Buffer.from(base64, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
