import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SampledType } from '#libs/domain/sampleEvents.ts';
import { DEMO_TYPES } from './demoEvents.ts';

/** An event as the customer gets it. */
export interface DeliveredEvent {
  readonly mailId: string;
  readonly attempt: number;
}

/** One POST of Postrider's. */
export interface Post {
  readonly type: SampledType;
  readonly events: readonly DeliveredEvent[];
  readonly authorization: string | undefined;
  /** Epoch ms, when its last byte was there. */
  readonly at: number;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface Customer {
  readonly url: string;
  /** A path for each webhook. */
  urlOf(type: SampledType): string;
  close(): Promise<void>;
}

/** The sample customer: a real HTTP server on a free port of this machine. What it answers is decided elsewhere. */
export async function startCustomer(parts: {
  readonly answer: (post: Post) => Answer;
  readonly clock: () => number;
}): Promise<Customer> {
  const server = createServer((request, response) => {
    handle(request, response, parts).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    urlOf: (type) => `${url}/${type}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  { answer, clock }: Parameters<typeof startCustomer>[0],
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const at = clock();
  const type = DEMO_TYPES.find((candidate) => request.url === `/${candidate}`);
  if (request.method !== 'POST' || type === undefined) {
    const paths = DEMO_TYPES.map((known) => `POST /${known}`).join(', ');
    return reply(response, { status: 404, text: `The sample customer of Postrider's demo takes ${paths}.` });
  }
  const events = parseEvents(Buffer.concat(chunks).toString());
  if (events === null) return reply(response, { status: 400, text: 'Not an array of events.' });
  const { authorization } = request.headers;
  reply(response, answer({ type, events, authorization, at }));
}

function reply(response: ServerResponse, { status, text }: Answer): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

/** Null when it is no array of events as the contract promises them. */
function parseEvents(body: string): DeliveredEvent[] | null {
  const events = parseJson(body);
  return Array.isArray(events) && events.every(isEvent) ? events : null;
}

function isEvent(value: unknown): value is DeliveredEvent {
  const { mailId, attempt } = Object(value) as Record<string, unknown>;
  return typeof mailId === 'string' && typeof attempt === 'number';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
