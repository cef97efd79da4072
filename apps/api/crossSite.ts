import type { Request, RequestHandler } from 'express';
import { ApiProblem } from './problem.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Our own pages say so of each of their calls. Another site's pages can't: a browser would ask us before. */
const CONSOLE_HEADER = 'x-postrider-console';

/** What a browser says of where a request comes from. */
export interface Whence {
  readonly site: string | undefined;
  readonly origin: string | undefined;
  readonly host: string | undefined;
}

/**
 * Browsers send a remembered user name and password with whatever another site makes them send. They also say
 * where a request comes from; what is not a browser says nothing of the kind, and passes.
 */
export const refuseCrossSite: RequestHandler = (request, _response, next) => {
  if (SAFE_METHODS.has(request.method) || isOwnSite(whenceOf(request))) return next();
  throw new ApiProblem('cross-site', 'Changes are taken from pages of this server and from programs only.');
};

/** Pure. Older browsers send only `Origin`. */
export function isOwnSite({ site, origin, host }: Whence): boolean {
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  if (origin === undefined) return true;
  return host !== undefined && URL.parse(origin)?.host === host.toLowerCase();
}

/**
 * Whether a request may use a session's cookie: it comes from a page of this server, or from a person who typed the
 * address. Where the browser says nothing (without TLS, it does not), the page itself has to.
 */
export function maySendCookie(request: Request): boolean {
  const whence = whenceOf(request);
  const isTold = whence.site !== undefined || whence.origin !== undefined;
  return isTold ? isOwnSite(whence) : isFromConsole(request);
}

export function isFromConsole(request: Request): boolean {
  return request.headers[CONSOLE_HEADER] !== undefined;
}

/** A call of our own pages, or of another site's: neither may make the browser ask for a password. A link may. */
export function isCallOfPage(request: Request): boolean {
  const { site } = whenceOf(request);
  const isForeign = site !== undefined && site !== 'same-origin' && site !== 'none';
  return isFromConsole(request) || (isForeign && request.headers['sec-fetch-mode'] !== 'navigate');
}

function whenceOf({ headers }: Request): Whence {
  return { site: headers['sec-fetch-site']?.toString(), origin: headers.origin, host: headers.host };
}
