import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from './waitUntil.ts';

/** What the customer's endpoint does with one request. All parts left out: status 200, empty body. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Waits so long before it answers. */
  readonly delayMs?: number;
  /** `hang`: takes the request and never answers. `reset`: resets the connection instead of answering. */
  readonly instead?: 'hang' | 'reset';
}

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawBody: string;
  /** The parsed JSON, or undefined when it is none. */
  readonly body: unknown;
  /** Epoch ms, when its last byte was there. */
  readonly at: number;
  readonly answer: Answer;
}

/** Answers in their order, then 200 to all that follows; or a function of the request and its index. */
export type Script = readonly Answer[] | ((request: Request, index: number) => Answer | Promise<Answer>);
export type Request = Omit<ReceivedRequest, 'answer'>;
export type ReceivedEvent = Readonly<Record<string, unknown>>;

export interface Customer {
  readonly url: string;
  readonly port: number;
  readonly requests: readonly ReceivedRequest[];
  /** The most requests that were in it at one time. */
  readonly maxInFlight: number;
  /** From now on it answers by this script, which begins anew. */
  script(script: Script): void;
  /** All events of all requests that it answered with 200, in the order of their arrival. */
  acceptedEvents(): ReceivedEvent[];
  waitForRequests(count: number, timeoutMs?: number): Promise<readonly ReceivedRequest[]>;
  waitForAccepted(count: number, timeoutMs?: number): Promise<ReceivedEvent[]>;
  close(): Promise<void>;
}

export function redirectTo(url: string, status = 302): Answer {
  return { status, headers: { location: url } };
}

/** A customer: a real HTTP endpoint on a free port of this machine that records what comes. */
export async function startCustomer({
  script: firstScript = [],
}: {
  script?: Script;
} = {}): Promise<Customer> {
  const requests: ReceivedRequest[] = [];
  const accepted: ReceivedEvent[] = [];
  let script = firstScript;
  let scriptStart = 0;
  let arrived = 0;
  let inFlight = 0;
  let maxInFlight = 0;

  const server = createServer((incoming, response) => {
    void receive(incoming, response);
  });
  async function receive(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    maxInFlight = Math.max(maxInFlight, ++inFlight);
    response.once('close', () => inFlight--);
    const request = await readRequest(incoming).catch(() => null);
    if (request === null) return;
    const index = arrived++ - scriptStart;
    const answer = typeof script === 'function' ? await script(request, index) : (script[index] ?? {});
    const received = { ...request, answer };
    requests.push(received);
    // Here, once: tests ask for it every few milliseconds.
    if (wasAccepted(received)) accepted.push(...(received.body as ReceivedEvent[]));
    await respond(response, answer);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/events`,
    port,
    requests,
    get maxInFlight() {
      return maxInFlight;
    },
    script(next) {
      script = next;
      scriptStart = arrived;
    },
    acceptedEvents: () => [...accepted],
    waitForRequests: (count, timeoutMs) =>
      waitUntil(() => requests.length >= count && requests, wanted(`${count} requests`, timeoutMs)),
    waitForAccepted: (count, timeoutMs) =>
      waitUntil(
        () => accepted.length >= count && [...accepted],
        wanted(`${count} accepted events`, timeoutMs),
      ),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function wanted(what: string, timeoutMs: number | undefined): { what: string; timeoutMs?: number } {
  return timeoutMs === undefined ? { what } : { what, timeoutMs };
}

function wasAccepted({ answer, body }: ReceivedRequest): boolean {
  return !answer.instead && (answer.status ?? 200) === 200 && Array.isArray(body);
}

async function readRequest(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const rawBody = Buffer.concat(chunks).toString();
  const { method = '', url = '', headers } = incoming;
  return { method, path: url, headers, rawBody, body: parseJson(rawBody), at: Date.now() };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function respond(response: ServerResponse, answer: Answer): Promise<void> {
  if (answer.instead === 'hang') return;
  if (answer.delayMs !== undefined) await sleep(answer.delayMs);
  if (answer.instead === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  response.writeHead(answer.status ?? 200, answer.headers).end(answer.body);
}
