import type { Request } from 'express';
import { Histogram, type Registry } from 'prom-client';

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']);

/** Below these, paths are a page's own business and count as one. */
const AREAS = ['/admin/queues', '/console'];
const CLIENT_PATH = /^\/rest\/\d+(?:\/|$)/;
const REST_PATH = /^\/rest(?:\/|$)/;
const BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * How long answers take. Whatever a caller sends, the labels stay few: the method, the pattern of the path (never the
 * path), and the class of the status.
 */
export function createRequestSeconds(registry: Registry): Histogram<'method' | 'route' | 'status'> {
  return new Histogram({
    name: 'postrider_http_request_seconds',
    help: 'From the first byte of a request to the last of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS_S,
    registers: [registry],
  });
}

export function methodLabel(method: string): string {
  return METHODS.has(method) ? method : 'other';
}

/** `aborted`: the caller went away before the answer's end. */
export function statusLabel(statusCode: number, finished: boolean): string {
  return finished ? `${Math.floor(statusCode / 100)}xx` : 'aborted';
}

/** Of a request that has been answered: by then the router has left the pattern that matched, if one did. */
export function routeLabel(request: Pick<Request, 'originalUrl'> & { readonly route?: unknown }): string {
  const [path = ''] = request.originalUrl.split('?');
  const area = AREAS.find((each) => path === each || path.startsWith(`${each}/`));
  if (area) return area;
  const pattern = patternOf(request.route);
  if (pattern !== null && CLIENT_PATH.test(path)) return `/rest/:clientId${pattern}`;
  if (pattern !== null) return REST_PATH.test(path) ? `/rest${pattern}` : pattern;
  return REST_PATH.test(path) ? '/rest' : 'other';
}

function patternOf(route: unknown): string | null {
  if (typeof route !== 'object' || route === null || !('path' in route)) return null;
  return typeof route.path === 'string' ? route.path : null;
}
