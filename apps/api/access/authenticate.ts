import type { RequestHandler } from 'express';
import { ApiProblem } from '../problem.ts';
import { addressOf, partyOf } from './clientAddress.ts';
import type { Limiter } from './limiter.ts';
import type { LoginAttempt, Logins } from './logins.ts';
import { type Principal, principalOf } from './principal.ts';

const BUSY_RETRY_AFTER_S = 1;
const MS_PER_S = 1000;

/** 401 without valid credentials; else the principal is known to the handlers that follow. */
export function authenticate(logins: Logins): RequestHandler {
  return async (request, response, next) => {
    const pair = parseBasic(request.headers.authorization);
    if (!pair) throw unauthorized();
    response.locals.principal = await logIn({ ...pair, party: partyOf(addressOf(request)) }, logins);
    next();
  };
}

async function logIn(attempt: LoginAttempt, logins: Logins): Promise<Principal> {
  const login = await logins.logIn(attempt);
  switch (login.kind) {
    case 'known':
      return login.principal;
    case 'wrong':
      throw unauthorized();
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

function unauthorized(): ApiProblem {
  return new ApiProblem('unauthorized', 'Send a user name and password of this API by HTTP Basic.', {
    headers: { 'WWW-Authenticate': 'Basic realm="Postrider", charset="UTF-8"' },
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
