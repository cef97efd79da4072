import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Customers' endpoints in a process of their own, so that what bad ones cost the test costs the good ones nothing.
 * The first part of a path says what it does: /good, /500, /reset, /hang, or /slow (200 after 1.5 seconds).
 */
export interface TargetsReport {
  /** ms from an event's `sentAt` to its arrival at a /good path. */
  readonly latenciesMs: readonly number[];
  /** Epoch ms of each POST, by path. */
  readonly posts: Readonly<Record<string, readonly number[]>>;
  readonly inFlight: number;
  /** Events at /good paths. */
  readonly events: number;
}

export type Behaviour = 'good' | '500' | 'reset' | 'hang' | 'slow';

const SLOW_MS = 1_500;

let latenciesMs: number[] = [];
let posts: Record<string, number[]> = {};
let inFlight = 0;
let events = 0;

const server = createServer((request, response) => {
  inFlight += 1;
  response.once('close', () => {
    inFlight -= 1;
  });
  void receive(request, response).catch(() => {});
});

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const now = performance.timeOrigin + performance.now();
  const { url = '' } = request;
  posts[url] ??= [];
  posts[url].push(now);
  switch (url.split('/')[1] as Behaviour) {
    case 'good':
      readEvents(Buffer.concat(chunks), now);
      return void response.end();
    case '500':
      return void response.writeHead(500).end();
    case 'reset':
      return request.socket.resetAndDestroy() && undefined;
    case 'slow':
      await sleep(SLOW_MS);
      return void response.end();
    case 'hang':
      return;
  }
}

function readEvents(body: Buffer, now: number): void {
  const received = JSON.parse(body.toString()) as { sentAt?: number }[];
  events += received.length;
  for (const { sentAt } of received) if (sentAt !== undefined) latenciesMs.push(now - sentAt);
}

process.on('message', () => {
  process.send?.({ latenciesMs, posts, inFlight, events } satisfies TargetsReport);
  latenciesMs = [];
  posts = {};
  events = 0;
});
process.on('disconnect', () => process.exit(0));

server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
