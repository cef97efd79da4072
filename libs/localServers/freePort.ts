import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { ServerStartError } from './serverProcess.ts';

const TRIES = 3;

/** Starts a server on `port`, or on a free one: again on another if somebody took that one meanwhile. */
export async function onPort<T>(port: number | undefined, start: (port: number) => Promise<T>): Promise<T> {
  if (port !== undefined) return start(port);
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await findFreePort());
    } catch (error) {
      if (!(error instanceof ServerStartError) || attempt === TRIES) throw error;
    }
  }
}

export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
