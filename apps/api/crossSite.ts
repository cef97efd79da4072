import type { RequestHandler } from 'express';
import { ApiProblem } from './problem.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Browsers send a remembered user name and password with whatever another site makes them send. They also say
 * where a request comes from; what is not a browser says nothing of the kind, and passes.
 */
export const refuseCrossSite: RequestHandler = (request, _response, next) => {
  const { 'sec-fetch-site': site, origin, host } = request.headers;
  if (SAFE_METHODS.has(request.method) || isOwnSite({ site: site?.toString(), origin, host })) return next();
  throw new ApiProblem('cross-site', 'Changes are taken from pages of this server and from programs only.');
};

/** Pure. Older browsers send only `Origin`. */
export function isOwnSite(from: {
  site: string | undefined;
  origin: string | undefined;
  host: string | undefined;
}): boolean {
  if (from.site !== undefined) return from.site === 'same-origin' || from.site === 'none';
  if (from.origin === undefined) return true;
  return from.host !== undefined && URL.parse(from.origin)?.host === from.host.toLowerCase();
}
