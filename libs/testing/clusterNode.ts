import { Redis } from 'ioredis';
import { findFreePort } from '#libs/localServers/freePort.ts';
import { startPrivateRedis } from '#libs/localServers/privateServers.ts';
import type { RedisServer } from '#libs/localServers/redisServer.ts';
import type { ServerFolder } from '#libs/localServers/serverFolder.ts';

/**
 * A node that is silent for so long has failed, and its replica takes over: soon enough for a test, late enough for a
 * busy machine.
 */
export const NODE_TIMEOUT_MS = 3_000;

/** A node of a test's cluster: a real process. */
export class ClusterNode {
  readonly busPort: number;
  readonly #folder: ServerFolder;
  #server: RedisServer;
  isUp = true;

  private constructor(parts: { server: RedisServer; busPort: number; folder: ServerFolder }) {
    this.#server = parts.server;
    this.busPort = parts.busPort;
    this.#folder = parts.folder;
  }

  static async start(folder: ServerFolder): Promise<ClusterNode> {
    const busPort = await findFreePort();
    return new ClusterNode({ server: await startNode(folder, busPort), busPort, folder });
  }

  get port(): number {
    return this.#server.port;
  }

  async kill(): Promise<void> {
    this.isUp = false;
    await this.#server.kill();
  }

  async restart(): Promise<void> {
    this.#server = await startNode(this.#folder, this.busPort, this.port);
    this.isUp = true;
  }

  send(signal: NodeJS.Signals): void {
    process.kill(this.#server.pid, signal);
  }

  async ask<Answer>(question: (redis: Redis) => Promise<Answer>): Promise<Answer> {
    const redis = new Redis(this.port, '127.0.0.1');
    redis.on('error', () => {});
    try {
      return await question(redis);
    } finally {
      redis.disconnect();
    }
  }

  isMaster(): Promise<boolean> {
    return this.ask(async (redis) => (await redis.role())[0] === 'master');
  }

  knows(count: number): Promise<boolean> {
    return this.#infoHas(`cluster_known_nodes:${count}\r`);
  }

  isOk(): Promise<boolean> {
    return this.#infoHas('cluster_state:ok\r');
  }

  #infoHas(text: string): Promise<boolean> {
    return this.ask(async (redis) => String(await redis.cluster('INFO')).includes(text));
  }

  /** The ports of its replicas that follow it. */
  async replicas(): Promise<number[]> {
    const info = await this.ask((redis) => redis.info('replication'));
    return [...info.matchAll(/^slave\d+:ip=[^,]+,port=(\d+),state=online/gm)].map(([, port]) => Number(port));
  }
}

function startNode(folder: ServerFolder, busPort: number, port?: number): Promise<RedisServer> {
  return startPrivateRedis({
    folder,
    name: `node-${busPort}`,
    ...(port !== undefined && { port }),
    searchPath: process.env.PATH ?? '',
    report: () => {},
    settings: {
      'cluster-enabled': 'yes',
      'cluster-port': String(busPort),
      'cluster-node-timeout': String(NODE_TIMEOUT_MS),
      'repl-diskless-sync-delay': '0',
    },
  });
}
