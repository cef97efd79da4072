import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TestCertificate } from './certificate.ts';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
  /** The address that the request came from. */
  readonly from: string;
}

export interface TargetServer {
  readonly port: number;
  /** With the trailing path "/hook". */
  readonly url: string;
  readonly received: readonly Received[];
  connections(): number;
  close(): Promise<void>;
}

export type Answerer = (response: http.ServerResponse, received: Received) => void;

export interface TargetServerParts {
  readonly answer?: Answerer;
  readonly host?: string;
  readonly tls?: TestCertificate & https.ServerOptions;
}

export const OK: Answerer = (response) => void response.end('ok');

/** A real HTTP(S) server on a free port, which answers each complete request as `answer` says. */
export async function startTargetServer(parts: TargetServerParts = {}): Promise<TargetServer> {
  const { answer = OK, host = '127.0.0.1', tls } = parts;
  const received: Received[] = [];
  let connections = 0;

  async function handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const from = request.socket.remoteAddress ?? '';
    const body = Buffer.concat(await request.toArray());
    const { method = '', url = '', headers } = request;
    const entry = { method, path: url, headers, body, from };
    received.push(entry);
    answer(response, entry);
  }

  const listener = (request: http.IncomingMessage, response: http.ServerResponse) => {
    handle(request, response).catch(() => response.destroy());
  };
  const server = tls ? https.createServer(tls, listener) : http.createServer(listener);
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${tls ? 'https' : 'http'}://${host}:${port}/hook`,
    received,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
