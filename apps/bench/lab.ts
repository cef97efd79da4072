import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { KeyLayout } from '#libs/backlog/keys.ts';
import { Waiting } from '#libs/backlog/waiting.ts';
import { type Config, loadConfig } from '#libs/config/loadConfig.ts';
import { ChangeFeed } from '#libs/directory/changes.ts';
import { countCommands } from '#libs/localServers/countCommands.ts';
import { ensureServers, type Servers } from '#libs/localServers/ensureServers.ts';
import { CredentialCipher } from '#libs/store/credentialCipher.ts';
import { Database } from '#libs/store/database.ts';
import { migrate } from '#libs/store/migrate.ts';
import { WebhookStore } from '#libs/store/webhookStore.ts';
import type { EndpointReport } from './endpoint.ts';
import { Child } from './processes.ts';
import { WorkerProcess } from './workerProcess.ts';

export interface RedisUse {
  readonly commands: number;
  readonly cpuSeconds: number;
  readonly usedMemory: number;
}

export interface LabOptions {
  /** The PATH. */
  readonly searchPath: string;
  readonly report: (line: string) => void;
}

/** Real servers, an endpoint, and what is needed to run Postrider and the baselines on them. */
export class Lab {
  readonly #servers: Servers;
  readonly redis: Redis;
  readonly endpoint: Child;
  readonly endpointPort: number;
  readonly #database: Database;
  readonly #encryptionKey = randomBytes(32).toString('base64');

  private constructor(servers: Servers, endpoint: Child, endpointPort: number) {
    this.#servers = servers;
    this.redis = new Redis(servers.redisUrl, { maxRetriesPerRequest: null });
    this.endpoint = endpoint;
    this.endpointPort = endpointPort;
    this.#database = new Database({ databaseUrl: servers.databaseUrl });
  }

  static async open({ searchPath, report }: LabOptions): Promise<Lab> {
    // Private servers always: a benchmark empties its Redis.
    const servers = await ensureServers({ environment: { PATH: searchPath }, report });
    await migrate({ databaseUrl: servers.databaseUrl });
    const [endpoint, hello] = await Child.start('./endpoint.ts');
    return new Lab(servers, endpoint, (hello as { port: number }).port);
  }

  async close(): Promise<void> {
    await this.endpoint.stop();
    await this.#database.close();
    this.redis.disconnect();
    await this.#servers.stop();
  }

  get redisUrl(): string {
    return this.#servers.redisUrl;
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.endpointPort}${path}`;
  }

  /** Empties Redis, so that every measurement begins alike. */
  async reset(): Promise<void> {
    await this.redis.flushall();
    await this.endpoint.ask('reset');
  }

  environment(settings: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      DATABASE_URL: this.#servers.databaseUrl,
      REDIS_URL: this.redisUrl,
      ENCRYPTION_KEY: this.#encryptionKey,
      API_CREDENTIALS: 'bench:bench@*',
      TARGET_POLICY: 'development',
      WORKER_PORT: '0',
      WEBHOOKS_PER_CLIENT: '1000000',
      ...settings,
    };
  }

  /** Creates and activates webhooks, a client each unless told otherwise. Returns their ids. */
  async createWebhooks(count: number, url: (index: number) => string, clientId: (index: number) => number) {
    const config = this.#config();
    const cipher = new CredentialCipher({ keys: config.encryptionKeys });
    const { webhooksPerClient } = config;
    const store = new WebhookStore({
      database: this.#database,
      cipher,
      webhooksPerClient,
      now: () => new Date(),
    });
    const feed = new ChangeFeed({ redis: this.redis, prefix: config.queuePrefix });
    const ids: number[] = [];
    for (let i = 0; i < count; i += 1) {
      const fields = { type: 'open', format: 'json', targetUrl: url(i) } as const;
      const made = await store.create(clientId(i), fields);
      if (made.kind !== 'created') throw new Error(`The webhook was not created: ${made.kind}`);
      await store.changeStatus({ clientId: clientId(i), id: made.webhook.id }, 'activate');
      await feed.announce({ clientId: clientId(i), webhookId: made.webhook.id });
      ids.push(made.webhook.id);
    }
    return ids;
  }

  async removeWebhooks(): Promise<void> {
    await this.#database.run((manager) => manager.query('DELETE FROM webhook'));
    await this.redis.flushall();
  }

  startWorker(
    settings: Readonly<Record<string, string>> = {},
    nodeArgs: readonly string[] = [],
  ): Promise<WorkerProcess> {
    return WorkerProcess.start(this.environment(settings), nodeArgs);
  }

  async redisUse(): Promise<RedisUse> {
    const [cpu, memory] = await Promise.all(['cpu', 'memory'].map((part) => this.redis.info(part)));
    return {
      commands: await countCommands(this.redis),
      cpuSeconds: field(cpu, 'used_cpu_user') + field(cpu, 'used_cpu_sys'),
      usedMemory: field(memory, 'used_memory'),
    };
  }

  async pendingEvents(prefix: string): Promise<number> {
    const keys = new KeyLayout({ prefix, shards: 1 });
    return (await new Waiting({ redis: this.redis, keys }).totals(Date.now())).events;
  }

  /** Resolves once the endpoint has `events` events, or after the limit. */
  async waitForEvents(events: number, limitMs: number): Promise<EndpointReport> {
    const deadline = Date.now() + limitMs;
    while (true) {
      const report = await this.endpoint.ask<EndpointReport>('report');
      if (report.events >= events || Date.now() > deadline) return report;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  #config(): Config {
    return loadConfig(this.environment());
  }
}

function field(text: string | undefined, name: string): number {
  return Number(new RegExp(`^${name}:(.+)$`, 'm').exec(text ?? '')?.[1] ?? 0);
}
