import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * The customer's endpoint of a benchmark, a process of its own. It counts events by a marker in the raw bytes, so
 * that it costs little. Paths that begin with /dead answer 500, until they are told to live.
 */
export interface EndpointReport {
  readonly requests: number;
  readonly events: number;
  readonly deadRequests: number;
  readonly cpuSeconds: number;
  /** Epoch ms with fractions, of the last event that arrived. */
  readonly lastAt: number;
  /** ms from an event's `sentAt` to its arrival, for those that carry one. */
  readonly latenciesMs: readonly number[];
}

const MARKER = Buffer.from('"mailId"');
const counts = { requests: 0, events: 0, deadRequests: 0, lastAt: 0 };
let latenciesMs: number[] = [];
let deadLive = false;

const server = createServer((request, response) => {
  const dead = request.url?.startsWith('/dead') ?? false;
  const timed = request.url?.startsWith('/timed') ?? false;
  const kept: Buffer[] = [];
  let events = 0;
  let tail: Buffer = Buffer.alloc(0);
  request.on('data', (chunk: Buffer) => {
    if (timed) kept.push(chunk);
    const bytes = tail.length === 0 ? chunk : Buffer.concat([tail, chunk]);
    for (let at = bytes.indexOf(MARKER); at !== -1; at = bytes.indexOf(MARKER, at + MARKER.length))
      events += 1;
    tail = bytes.subarray(Math.max(0, bytes.length - MARKER.length + 1));
  });
  request.on('end', () => {
    if (dead && !deadLive) {
      counts.deadRequests += 1;
      response.writeHead(500).end();
      return;
    }
    const now = performance.timeOrigin + performance.now();
    counts.requests += 1;
    counts.events += events;
    counts.lastAt = now;
    if (timed) latenciesMs.push(...readLatencies(Buffer.concat(kept), now));
    response.writeHead(200).end();
  });
});

function readLatencies(body: Buffer, now: number): number[] {
  const parsed = JSON.parse(body.toString()) as { sentAt: number }[] | { sentAt: number };
  return (Array.isArray(parsed) ? parsed : [parsed]).map(({ sentAt }) => now - sentAt);
}

process.on('message', (message) => {
  if (message === 'report') {
    const { user, system } = process.cpuUsage();
    process.send?.({ ...counts, latenciesMs, cpuSeconds: (user + system) / 1e6 });
  }
  if (message === 'revive' || message === 'kill') {
    deadLive = message === 'revive';
    process.send?.(message);
  }
  if (message === 'reset') {
    Object.assign(counts, { requests: 0, events: 0, deadRequests: 0, lastAt: 0 });
    latenciesMs = [];
    process.send?.('reset');
  }
});
process.on('disconnect', () => process.exit(0));

server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
