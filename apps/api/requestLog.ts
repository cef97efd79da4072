import type { RequestHandler } from 'express';
import type { Registry } from 'prom-client';
import type { Logger } from '#libs/logging/logger.ts';
import { principalOf } from './access/principal.ts';
import { createRequestSeconds, methodLabel, routeLabel, statusLabel } from './requestMetrics.ts';

/** One line and one observation a request. Without the query, which may hold a recipient's address. */
export function createRequestLog({
  logger,
  registry,
}: {
  logger: Logger;
  registry: Registry;
}): RequestHandler {
  const seconds = createRequestSeconds(registry);
  return (request, response, next) => {
    const began = performance.now();
    const [path = ''] = request.originalUrl.split('?');
    const { method } = request;
    const write = path.startsWith('/rest/') ? logger.info : logger.debug;
    response.once('close', () => {
      const durationMs = Math.round(performance.now() - began);
      const { statusCode, writableFinished: finished } = response;
      const status = finished ? String(statusCode) : 'aborted';
      const labels = { route: routeLabel(request), status: statusLabel(statusCode, finished) };
      seconds.observe({ method: methodLabel(method), ...labels }, durationMs / 1000);
      write('Answered a request', { method, path, status, durationMs, user: principalOf(response)?.user });
    });
    next();
  };
}
