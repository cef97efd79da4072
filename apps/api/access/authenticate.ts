import type { Request, RequestHandler, Response } from 'express';
import { isCallOfPage, isFromConsole, maySendCookie } from '../crossSite.ts';
import { ApiProblem } from '../problem.ts';
import { addressOf, partyOf } from './clientAddress.ts';
import type { Recognized } from './configuredCredentials.ts';
import type { Limiter } from './limiter.ts';
import type { LoginAttempt, Logins } from './logins.ts';
import { type Principal, principalOf } from './principal.ts';
import type { Sessions } from './sessions.ts';

const BUSY_RETRY_AFTER_S = 1;
const MS_PER_S = 1000;

export interface Authentication {
  readonly logins: Logins;
  readonly sessions: Sessions;
}

/**
 * 401 without valid credentials; else the principal is known to the handlers that follow. Credentials are a user name
 * and a password by HTTP Basic or, from our own pages, the cookie of a session.
 */
export function authenticate(parts: Authentication): RequestHandler {
  return async (request, response, next) => {
    response.locals.principal =
      (await fromBasic(request, parts)) ?? (await fromSession(request, response, parts));
    if (!response.locals.principal) throw unauthorized(request);
    next();
  };
}

async function fromBasic(request: Request, { logins }: Authentication): Promise<Principal | null> {
  const { authorization } = request.headers;
  // What a browser remembers of another page is not what was signed in with here.
  if (authorization === undefined || isFromConsole(request)) return null;
  const pair = parseBasic(authorization);
  if (!pair) throw unauthorized(request);
  return (await logIn(request, pair, logins)).principal;
}

async function fromSession(
  request: Request,
  response: Response,
  { logins, sessions }: Authentication,
): Promise<Principal | null> {
  if (!maySendCookie(request)) return null;
  const signedIn = await sessions.find(request, response);
  if (!signedIn) return null;
  const principal = await logins.recall(signedIn.user, signedIn.proof);
  if (!principal) await sessions.end(request, response);
  return principal;
}

/** The one way to become somebody, by Basic or to begin a session. */
export async function logIn(
  request: Request,
  pair: Pick<LoginAttempt, 'user' | 'password'>,
  logins: Logins,
): Promise<Recognized> {
  const login = await logins.logIn({ ...pair, party: partyOf(addressOf(request)) });
  switch (login.kind) {
    case 'known':
      return login;
    case 'wrong':
      throw unauthorized(request);
    case 'locked':
      throw tooMany('There were too many wrong passwords for this user from this address.', login.waitMs);
    case 'busy':
      throw new ApiProblem('unavailable', 'Too many passwords are being checked. Try again in a moment.', {
        headers: { 'Retry-After': String(BUSY_RETRY_AFTER_S) },
      });
  }
}

/** Before anything else is done for a request. */
export function limitAddresses(limiter: Limiter): RequestHandler {
  return async (request, _response, next) => {
    const waitMs = await limiter.count(partyOf(addressOf(request)));
    if (waitMs > 0) throw tooMany('There are too many requests from this address.', waitMs);
    next();
  };
}

/** After `authenticate`. */
export function limitUsers(limiter: Limiter): RequestHandler {
  return async (_request, response, next) => {
    const waitMs = await limiter.count(principalOf(response)?.user ?? '');
    if (waitMs > 0) throw tooMany('There are too many requests of this user.', waitMs);
    next();
  };
}

/** At `Basic`, a browser would ask for a password: the console has its own page for that, and others shall not. */
function unauthorized(request: Request): ApiProblem {
  const [scheme, detail] = isCallOfPage(request)
    ? ['Session', 'Sign in with a user name and password of this API.']
    : ['Basic', 'Send a user name and password of this API by HTTP Basic.'];
  return new ApiProblem('unauthorized', detail, {
    headers: { 'WWW-Authenticate': `${scheme} realm="Postrider", charset="UTF-8"` },
  });
}

function tooMany(reason: string, waitMs: number): ApiProblem {
  const seconds = Math.ceil(waitMs / MS_PER_S);
  return new ApiProblem('too-many-requests', `${reason} Try again in ${seconds} seconds.`, {
    headers: { 'Retry-After': String(seconds) },
  });
}

/** RFC 7617: base64 of `user:password` in UTF-8; the user name has no colon. */
function parseBasic(header: string | undefined): { user: string; password: string } | null {
  const [, base64] = header?.match(/^Basic +([A-Za-z0-9+/]+=*)$/i) ?? [];
  if (base64 === undefined) return null;
  const text = Buffer.from(base64, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
