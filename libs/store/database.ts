import { type DataSource, type EntityManager, MigrationExecutor } from 'typeorm';
import { createDataSource } from './dataSource.ts';
import { asStoreError, SchemaOutdated, StoreUnavailable, unavailable } from './storeErrors.ts';

/** A pooled connection, as far as it is needed here. */
interface PooledConnection {
  destroy(): void;
}

/** Connections of one process; a webhook operation takes a few milliseconds. */
const POOL_SIZE = 10;
/** Below the operation's own limit, so that its reason is told rather than "too slow". */
const CONNECT_TIMEOUT_MS = 1000;
/** Unless the caller has more patience. Waiting for a connection included: the API promises 503 in under 2 seconds. */
const OPERATION_TIMEOUT_MS = 1500;
/** A polite goodbye to MySQL may hang; then the process goes without. */
const CLOSE_TIMEOUT_MS = 2000;

/**
 * Runs operations on MySQL, each in bounded time. Whatever means that MySQL is away becomes StoreUnavailable;
 * nothing has to be done for the recovery: the connection is opened by the first operation that needs it, and a
 * connection that failed is never used again.
 */
export class Database {
  readonly #databaseUrl: string;
  readonly #timeoutMs: number;
  #opening: Promise<DataSource> | null = null;

  /** `timeoutMs`: of an operation. */
  constructor({
    databaseUrl,
    timeoutMs = OPERATION_TIMEOUT_MS,
  }: { databaseUrl: string; timeoutMs?: number }) {
    this.#databaseUrl = databaseUrl;
    this.#timeoutMs = timeoutMs;
  }

  async run<T>(operation: (manager: EntityManager) => Promise<T>): Promise<T> {
    const abort = new AbortController();
    try {
      return await within(this.#timeoutMs, this.#run(operation, abort.signal));
    } catch (error) {
      abort.abort();
      throw asStoreError(error);
    }
  }

  /** Resolves when MySQL answers and its tables are recent enough. */
  async ping(): Promise<void> {
    await this.run((manager) => manager.query('SELECT 1'));
  }

  async close(): Promise<void> {
    const opening = this.#opening;
    this.#opening = null;
    const closing = opening?.then((dataSource) => dataSource.destroy()).catch(() => undefined);
    await within(CLOSE_TIMEOUT_MS, closing ?? Promise.resolve()).catch(() => undefined);
  }

  async #run<T>(operation: (manager: EntityManager) => Promise<T>, signal: AbortSignal): Promise<T> {
    const dataSource = await this.#open();
    const runner = dataSource.createQueryRunner();
    const connection: PooledConnection = await runner.connect().catch((error: unknown) => {
      throw unavailable(error);
    });
    const drop = () => connection.destroy();
    signal.addEventListener('abort', drop);
    try {
      if (signal.aborted) throw new StoreUnavailable('MySQL had no connection free in time.');
      return await operation(runner.manager);
    } catch (error) {
      drop();
      throw error;
    } finally {
      signal.removeEventListener('abort', drop);
      await runner.release();
    }
  }

  /** Concurrent callers share one attempt; a failed one is forgotten, so that the next caller tries again. */
  #open(): Promise<DataSource> {
    if (!this.#opening) {
      const opening = this.#connect();
      this.#opening = opening;
      opening.catch(() => {
        if (this.#opening === opening) this.#opening = null;
      });
    }
    return this.#opening;
  }

  async #connect(): Promise<DataSource> {
    const dataSource = createDataSource({
      databaseUrl: this.#databaseUrl,
      poolSize: POOL_SIZE,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
    });
    const ready = dataSource.initialize().then(async () => {
      const pending = await new MigrationExecutor(dataSource).getPendingMigrations();
      if (pending.length > 0) throw new SchemaOutdated(pending.map(({ name }) => `migration ${name}`));
      return dataSource;
    });
    try {
      return await within(OPERATION_TIMEOUT_MS, ready);
    } catch (error) {
      void ready.catch(() => undefined).finally(() => closeQuietly(dataSource));
      throw unavailable(error);
    }
  }
}

async function closeQuietly(dataSource: DataSource): Promise<void> {
  if (dataSource.isInitialized) await dataSource.destroy().catch(() => undefined);
}

async function within<T>(limitMs: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new StoreUnavailable(`MySQL did not answer within ${limitMs} ms.`)),
      limitMs,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
