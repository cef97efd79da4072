import { Redis } from 'ioredis';
import type { MariadbServer } from '#libs/localServers/mariadbServer.ts';
import { startPrivateMariadb, startPrivateRedis } from '#libs/localServers/privateServers.ts';
import type { RedisServer } from '#libs/localServers/redisServer.ts';
import type { ServerFolder } from '#libs/localServers/serverFolder.ts';
import type { Report } from '#libs/localServers/timed.ts';

export interface ServersOptions {
  readonly folder: ServerFolder;
  readonly searchPath: string;
  /** False is a sabotage: Redis then forgets everything when it is killed. */
  readonly appendOnly: boolean;
  readonly report: Report;
}

const silent: Report = () => {};

/** A private Redis and MariaDB that can be killed, and come back on the same port with what they had written. */
export class Servers {
  readonly #options: ServersOptions;
  #redis: RedisServer;
  #mysql: MariadbServer;

  private constructor(options: ServersOptions, redis: RedisServer, mysql: MariadbServer) {
    this.#options = options;
    this.#redis = redis;
    this.#mysql = mysql;
  }

  static async start(options: ServersOptions): Promise<Servers> {
    const { folder, searchPath, report } = options;
    const [redis, mysql] = await Promise.all([
      startPrivateRedis({ folder, searchPath, report, appendfsync: 'always' }),
      startPrivateMariadb({ folder, searchPath, report }),
    ]);
    const servers = new Servers(options, redis, mysql);
    await servers.#configureRedis();
    return servers;
  }

  get redisUrl(): string {
    return this.#redis.url;
  }

  get mysqlUrl(): string {
    return this.#mysql.url;
  }

  async killRedis(): Promise<void> {
    await this.#redis.kill();
  }

  async restartRedis(): Promise<void> {
    const { folder, searchPath } = this.#options;
    const { port } = this.#redis;
    this.#redis = await startPrivateRedis({
      folder,
      searchPath,
      report: silent,
      port,
      appendfsync: 'always',
    });
    await this.#configureRedis();
  }

  async killMysql(): Promise<void> {
    await this.#mysql.kill();
  }

  async restartMysql(): Promise<void> {
    const { folder, searchPath } = this.#options;
    this.#mysql = await startPrivateMariadb({ folder, searchPath, report: silent, port: this.#mysql.port });
  }

  /** SIGSTOP, until the returned function is called. */
  pauseRedis(): () => void {
    return pause(this.#redis.pid);
  }

  pauseMysql(): () => void {
    return pause(this.#mysql.pid);
  }

  async stop(): Promise<void> {
    await Promise.all([this.#redis.stop(), this.#mysql.stop()]);
  }

  async #configureRedis(): Promise<void> {
    if (this.#options.appendOnly) return;
    const redis = new Redis(this.#redis.url);
    await redis.config('SET', 'appendonly', 'no');
    redis.disconnect();
  }
}

function pause(pid: number): () => void {
  process.kill(pid, 'SIGSTOP');
  return () => void process.kill(pid, 'SIGCONT');
}
