import { loadConfig } from '#libs/config/loadConfig.ts';
import { silentLogger } from '#libs/logging/logger.ts';
import { createPublisher, type Publisher } from '#libs/publisher/publisher.ts';
import { Lifecycle } from '#libs/runtime/lifecycle.ts';
import { type Customer, startCustomer } from '#libs/testing/customer.ts';
import { startApi } from '../api/api.ts';
import { AdminClient } from './adminClient.ts';
import { type App, Program } from './childProcess.ts';
import { newClientId, OPERATOR } from './settings.ts';

const API_STOP_MS = 10_000;

type Settings = Readonly<Record<string, string>>;

export interface Subscription {
  readonly customer: Customer;
  readonly publisher: Publisher;
  readonly clientId: number;
}

/** The processes of one deployment, and whoever has to do with it, all to be ended together. */
export class Fleet {
  readonly settings: Settings;
  readonly #endings: (() => Promise<unknown>)[] = [];

  constructor(settings: Settings) {
    this.settings = settings;
  }

  start(app: App, more: Settings = {}): Program {
    const program = new Program(app, { ...this.settings, ...more });
    this.#endings.push(() => program.stop('SIGKILL'));
    return program;
  }

  async startWorker(): Promise<Program> {
    const worker = this.start('worker');
    await worker.logged('Ready');
    return worker;
  }

  /** A customer with an activated webhook for opens, made through an API, in this process, that has ended again. */
  async subscribe(): Promise<Subscription> {
    const customer = await startCustomer();
    this.#endings.push(() => customer.close());
    const { REDIS_URL: redisUrl = '', QUEUE_PREFIX: prefix = '' } = this.settings;
    const publisher = createPublisher({ redisUrl, prefix });
    this.#endings.push(() => publisher.close());

    const lifecycle = new Lifecycle({ logger: silentLogger, deadlineMs: API_STOP_MS });
    const { port } = await startApi({ config: loadConfig(this.settings), logger: silentLogger, lifecycle });
    const admin = new AdminClient({ port, auth: OPERATOR });
    const webhook = await admin.create(newClientId(), { type: 'open', targetUrl: customer.url });
    await admin.activate(webhook);
    await lifecycle.stop();
    return { customer, publisher, clientId: webhook.clientId };
  }

  async stop(): Promise<void> {
    for (const end of this.#endings.splice(0).reverse()) await end();
  }
}
