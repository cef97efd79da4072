import type { IncomingMessage, ServerResponse } from 'node:http';
import { answer } from './nodeHandler.ts';
import { readBody } from './readBody.ts';
import { type Receiver, TOO_LARGE } from './receiver.ts';

export type ExpressHandler = (
  request: IncomingMessage & { body?: unknown },
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** For `app.post(path, …)`. What `onEvents` throws goes to Express's error handler. */
export function expressHandler(receiver: Receiver): ExpressHandler {
  return (request, response, next) => {
    receiveFrom(request, receiver)
      .then((verdict) => {
        if ('error' in verdict) next(verdict.error);
        else answer(response, verdict);
      })
      .catch(next);
  };
}

async function receiveFrom(request: Parameters<ExpressHandler>[0], receiver: Receiver) {
  const body = await bodyOf(request, receiver.maxBodyBytes);
  if (body === null || body.length > receiver.maxBodyBytes) return TOO_LARGE;
  return receiver.receive({ method: request.method ?? '', headers: request.headers, body });
}

/** A signature is over the bytes: once they are parsed, it can't be checked any more. */
async function bodyOf(request: Parameters<ExpressHandler>[0], maxBytes: number): Promise<Buffer | null> {
  if (Buffer.isBuffer(request.body)) return request.body;
  if (!request.readableEnded) return readBody(request, maxBytes);
  throw new Error(
    'The body has been parsed already: give the receiver its route before express.json() is used.',
  );
}
