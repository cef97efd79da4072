import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Authentication } from '#libs/receiver/authentication.ts';
import { parseBatch, type ReceivedEvent } from '#libs/receiver/events.ts';
import { readBody } from '#libs/receiver/readBody.ts';
import { createReceiver, type Receiver, TOO_LARGE, type Verdict } from '#libs/receiver/receiver.ts';
import { createMemorySeen } from '#libs/receiver/seen.ts';
import { type Received, renderReceived, summaryOf } from './render/received.ts';
import { safeJson } from './render/safeText.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage.ts';

export interface ListenerParts {
  readonly port: number;
  readonly host: string;
  readonly authentication: Authentication;
  /** What it answers to events that it has taken: another than 200 makes them come again. */
  readonly status: number;
  readonly delayMs: number;
  /** The events as they are. */
  readonly full?: boolean;
  readonly isJson: boolean;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

/** A customer's endpoint that prints what comes in. It ends with the signal. */
export async function startListener(parts: ListenerParts): Promise<{ readonly ended: Promise<unknown> }> {
  const { port, host, terminal, signal } = parts;
  const handle = createHandler(parts);
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await listen(server, { port, host });
  const ended = once(server, 'close');
  signal.addEventListener('abort', () => {
    server.close();
    server.closeAllConnections();
  });
  const { port: own } = server.address() as AddressInfo;
  terminal.say(`Waiting for events on http://${host}:${own}/ (Ctrl-C ends it)`);
  return { ended };
}

async function listen(server: Server, { port, host }: { port: number; host: string }): Promise<void> {
  server.listen(port, host);
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'EADDRINUSE' ? 'somebody listens there already' : String(error.code);
    throw new UsageError(`Nobody can listen on ${host}:${port}: ${reason}.`);
  });
}

/** Whether it is taken is judged by the receiver that customers install; then comes what a bad customer does. */
function createHandler(parts: ListenerParts) {
  const { authentication, status, delayMs, signal, now } = parts;
  const seen = createMemorySeen();
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const fresh: ReceivedEvent[] = [];
    const onEvents = (events: readonly ReceivedEvent[]) => {
      fresh.push(...events);
      // Not taken: they are new when they come again.
      if (status !== 200) throw new Error('A bad customer.');
    };
    const receiver = createReceiver({ authentication, seen, onEvents, now });
    const { verdict, events } = await receive(request, receiver);
    const answer = verdict.status === 500 ? status : verdict.status;
    print({ at: now(), path: request.url ?? '/', status: answer, events, fresh }, parts);
    await sleep(delayMs, undefined, { signal });
    response.writeHead(answer, verdict.headers).end();
  };
}

/** `events`: how many came. */
async function receive(
  request: IncomingMessage,
  receiver: Receiver,
): Promise<{ readonly verdict: Verdict; readonly events: number }> {
  const body = await readBody(request, receiver.maxBodyBytes);
  if (body === null) return { verdict: TOO_LARGE, events: 0 };
  const { method = '', headers } = request;
  const verdict = await receiver.receive({ method, headers, body });
  return { verdict, events: parseBatch(body)?.length ?? 0 };
}

function print(received: Received, { terminal, isJson, full = false }: ListenerParts): void {
  if (!isJson) {
    terminal.print(renderReceived(received, { full }));
    return;
  }
  const { at, fresh, ...facts } = received;
  const shown = full ? fresh : fresh.map(summaryOf);
  terminal.print(safeJson({ at: new Date(at).toISOString(), ...facts, fresh: shown }));
}
