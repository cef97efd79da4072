import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A TCP proxy on loopback in front of a real server, with a switch: it passes everything on, cuts every
 * connection and refuses new ones (the server was killed), or takes bytes and never answers (the server hangs).
 */
export class FaultyProxy {
  readonly #target: URL;
  readonly #defaultPort: number;
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  #port = 0;
  #silent = false;

  private constructor(target: URL, defaultPort: number) {
    this.#target = target;
    this.#defaultPort = defaultPort;
  }

  static async inFrontOf(url: string, defaultPort: number): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(new URL(url), defaultPort);
    await proxy.pass();
    return proxy;
  }

  /** The target's URL, by way of this proxy. */
  get url(): string {
    const url = new URL(this.#target);
    url.hostname = '127.0.0.1';
    url.port = String(this.#port);
    return url.href;
  }

  async pass(): Promise<void> {
    this.#silent = false;
    for (const socket of this.#sockets) socket.resume();
    if (this.#server) return;
    this.#server = createServer((client) => this.#join(client)).listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async cut(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (!this.#server) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server = null;
    await closed;
  }

  hang(): void {
    this.#silent = true;
    this.forget();
  }

  /** The connections of now go silent for ever, as behind a router that lost its state; new ones work. */
  forget(): void {
    for (const socket of this.#sockets) socket.pause();
  }

  #join(client: Socket): void {
    const server = connect(Number(this.#target.port || this.#defaultPort), this.#target.hostname);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (bytes) => to.write(bytes));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      if (this.#silent) from.pause();
    }
  }
}
