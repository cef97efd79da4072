import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody } from './readBody.ts';
import { type Receiver, TOO_LARGE, type Verdict } from './receiver.ts';

export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** For `http.createServer`. `onError` hears what `onEvents` has thrown. */
export function nodeHandler(
  receiver: Receiver,
  { onError }: { readonly onError: (error: unknown) => void },
): NodeHandler {
  return (request, response) => {
    receiveFrom(request, receiver)
      .then((verdict) => {
        if ('error' in verdict) onError(verdict.error);
        answer(response, verdict);
      })
      .catch((error: unknown) => {
        onError(error);
        if (response.headersSent) response.destroy();
        else answer(response, { status: 500, headers: {} });
      });
  };
}

async function receiveFrom(request: IncomingMessage, receiver: Receiver): Promise<Verdict> {
  const body = await readBody(request, receiver.maxBodyBytes);
  if (body === null) return TOO_LARGE;
  return receiver.receive({ method: request.method ?? '', headers: request.headers, body });
}

/** Also Express's: it adds to Node's own response. */
export function answer(response: ServerResponse, { status, headers }: Verdict): void {
  response.writeHead(status, headers).end();
}
