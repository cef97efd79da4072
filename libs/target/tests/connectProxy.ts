import http from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export interface ConnectProxy {
  readonly port: number;
  /** The heads of what was asked for: `CONNECT host:port`, or `POST http://…`, each with its credentials. */
  readonly asked: readonly { readonly what: string; readonly authorization: string | undefined }[];
  close(): Promise<void>;
}

/** `refuse`: with that status. `hang`: takes the request, answers nothing. */
export type ProxyBehaviour = 'connect' | 'hang' | { readonly refuse: number };

/** A real HTTP proxy on loopback, for which every name is 127.0.0.1. */
export async function startConnectProxy(behaviour: ProxyBehaviour = 'connect'): Promise<ConnectProxy> {
  const asked: { what: string; authorization: string | undefined }[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket)));
  };
  const note = ({ method = '', url = '', headers }: http.IncomingMessage) => {
    asked.push({ what: `${method} ${url}`, authorization: headers['proxy-authorization'] });
  };

  const server = http.createServer((request, response) => {
    note(request);
    const { port, pathname } = new URL(request.url ?? '');
    const { method = 'GET', headers } = request;
    const onward = http.request({ host: '127.0.0.1', port, path: pathname, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    // As of a real proxy whose target is away, or resets.
    onward.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
    request.pipe(onward);
  });
  server.on('connection', keep);
  server.on('connect', (request: http.IncomingMessage, client: Socket) => {
    note(request);
    if (behaviour === 'hang') return;
    if (behaviour !== 'connect') {
      client.end(`HTTP/1.1 ${behaviour.refuse} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const target = connect(Number(request.url?.split(':').at(-1)), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(target).pipe(client);
    });
    keep(target);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
