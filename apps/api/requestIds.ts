import type { Request } from 'express';
import type { WebhookRef } from '#libs/store/webhookClaim.ts';
import { ApiProblem } from './problem.ts';

const MAX_INT64 = 2n ** 63n - 1n;

export function clientIdOf(request: Request): number {
  const id = pathId('clientId', request.params.clientId);
  if (Number.isSafeInteger(id)) return id;
  throw invalid('clientId', `must be at most ${Number.MAX_SAFE_INTEGER}, as JSON cannot carry more exactly`);
}

/** An id beyond what JavaScript counts exactly is a fine int64, but no webhook has it. */
export function webhookRefOf(request: Request): WebhookRef {
  const clientId = clientIdOf(request);
  const id = pathId('webhookId', request.params.webhookId);
  if (!Number.isSafeInteger(id)) throw new ApiProblem('no-such-webhook', 'There is no webhook with this id.');
  return { clientId, id };
}

/** int64, positive, in plain digits. */
function pathId(field: string, value: string | string[] | undefined): number {
  if (typeof value !== 'string' || !/^[1-9]\d{0,18}$/.test(value) || BigInt(value) > MAX_INT64) {
    throw invalid(field, 'must be a positive integer');
  }
  return Number(value);
}

function invalid(field: string, message: string): ApiProblem {
  return new ApiProblem('invalid-request', `The path's ${field} ${message}.`, {
    errors: [{ field, message }],
  });
}
