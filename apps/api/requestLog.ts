import type { RequestHandler } from 'express';
import { Histogram, type Registry } from 'prom-client';
import type { Logger } from '#libs/logging/logger.ts';
import { principalOf } from './access/principal.ts';

/** One line and one observation a request. Without the query, which may hold a recipient's address. */
export function createRequestLog({
  logger,
  registry,
}: {
  logger: Logger;
  registry: Registry;
}): RequestHandler {
  const seconds = new Histogram({
    name: 'postrider_http_request_seconds',
    help: 'From the first byte of a request to the last of its answer',
    labelNames: ['method', 'status'],
    registers: [registry],
  });
  return (request, response, next) => {
    const began = performance.now();
    const [path = ''] = request.originalUrl.split('?');
    const { method } = request;
    const write = path.startsWith('/rest/') ? logger.info : logger.debug;
    response.once('close', () => {
      const durationMs = Math.round(performance.now() - began);
      const status = response.writableFinished ? String(response.statusCode) : 'aborted';
      seconds.observe({ method, status }, durationMs / 1000);
      write('Answered a request', { method, path, status, durationMs, user: principalOf(response)?.user });
    });
    next();
  };
}
