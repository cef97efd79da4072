import type { ErrorRequestHandler } from 'express';
import type { Logger } from '#libs/logging/logger.ts';
import { StoreUnavailable } from '#libs/store/storeErrors.ts';
import { ApiProblem, sendProblem } from './problem.ts';

const RETRY_AFTER_S = 5;

/** What Express and its body parsers throw: an HTTP status and, from the parsers, a `type`. */
interface HttpError extends Error {
  readonly status: number;
  readonly type?: string;
  readonly limit?: number;
}

/** The one place where an error becomes an answer. Nobody outside ever sees a stack trace. */
export function createErrorHandler({ logger }: { logger: Logger }): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const problem = asProblem(error);
    if (problem.problem === 'internal') {
      const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
      logger.error('A request failed unexpectedly.', { method: request.method, name, message, stack });
    }
    if (error instanceof StoreUnavailable) logger.warn('A request needed MySQL.', { reason: error.message });
    // Half an answer can't be taken back; a cut connection can't be mistaken for a whole one.
    if (response.headersSent) response.destroy();
    else sendProblem(response, problem);
  };
}

function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (error instanceof StoreUnavailable) {
    return new ApiProblem('unavailable', 'The webhooks cannot be reached now. Try again in a few seconds.', {
      headers: { 'Retry-After': String(RETRY_AFTER_S) },
    });
  }
  return isHttpError(error)
    ? fromHttpError(error)
    : new ApiProblem('internal', 'Nothing is wrong with the request.');
}

function isHttpError(error: unknown): error is HttpError {
  return (
    error instanceof Error && 'status' in error && Number(error.status) >= 400 && Number(error.status) < 500
  );
}

function fromHttpError(error: HttpError): ApiProblem {
  if (error.status === 413) {
    const limit = error.limit === undefined ? 'fewer fields' : `at most ${error.limit} bytes`;
    return new ApiProblem('body-too-large', `The body may have ${limit}.`);
  }
  if (error.status === 415) {
    return new ApiProblem('unsupported-media-type', 'Send the body as UTF-8, plain, gzip, deflate or br.');
  }
  if (error.type === 'entity.parse.failed') {
    return new ApiProblem('malformed-request', 'The body is not valid JSON (an object is expected).');
  }
  return new ApiProblem('malformed-request', 'The path, the query or the body is not well-formed.');
}
