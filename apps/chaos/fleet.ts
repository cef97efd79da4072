import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServerFolder } from '#libs/localServers/serverFolder.ts';
import { ManagedProcess } from './managedProcess.ts';
import type { ProducerOptions } from './producer.ts';
import type { ReceiverOptions } from './receiver.ts';

export interface FleetOptions {
  readonly folder: ServerFolder;
  readonly seed: number;
  readonly loadMs: number;
  readonly eventsPerSecond: number;
  readonly mysqlUrl: string;
  readonly nameServer: string;
  readonly ports: { readonly api: number; readonly receiver: number; readonly workers: readonly number[] };
  /** Redis as each of them sees it. */
  readonly redisUrls: { readonly outside: string; readonly workers: readonly string[] };
  /** Loaded by the workers before anything else. */
  readonly workerModule: string | null;
  readonly logLevel: string;
  readonly onCounted: (counts: { acknowledged?: number; accepted?: number }) => void;
}

/** Short, so that minutes show what takes hours with the defaults. */
const TIMEOUT_MS = 2_000;
const RETRY_INTERVAL_MS = 1_000;
/** Far longer than any run: only what comes into the world old expires. */
export const TTL_MS = 60 * 60 * 1_000;

export const PREFIX = 'chaos';
export const OPERATOR = 'operator:chaos';
/** The share of events that come as plain single-event jobs. */
const SINGLE_SHARE = 0.05;

const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url));

export interface Fleet {
  readonly migration: ManagedProcess;
  readonly api: ManagedProcess;
  readonly workers: readonly ManagedProcess[];
  readonly producers: readonly ManagedProcess[];
  readonly receiver: ManagedProcess;
  /** Before the first start of producers and receiver. */
  setLoadStart(at: number): void;
}

/** Describes the Node processes of a run; none is started yet. */
export function createFleet(options: FleetOptions): Fleet {
  const { folder, seed, loadMs, ports, redisUrls, onCounted } = options;
  let startedAt = 0;
  const preload = [
    '--import',
    new URL(`./useNameServer.ts?server=${options.nameServer}`, import.meta.url).href,
  ];
  const logPath = (name: string) => join(folder.path, `${name}.log`);
  const environment = environmentOf(options);
  const node = (name: string, args: () => readonly string[], own: Record<string, string>) =>
    new ManagedProcess({
      name,
      args,
      environment: { ...environment, ...own },
      logPath: logPath(name),
      folder,
    });
  const counting = (name: string, args: () => readonly string[]) => {
    const onMessage = (message: unknown) =>
      onCounted(message as { acknowledged?: number; accepted?: number });
    return new ManagedProcess({ name, args, environment: {}, logPath: logPath(name), folder, onMessage });
  };

  const workerArgs = () => {
    const sabotage = options.workerModule ? ['--import', options.workerModule] : [];
    return [...preload, ...sabotage, pathOf('../worker/main.ts')];
  };
  const receiverArgs = () => {
    const ledgerPath = receiverLedger(folder);
    const own: ReceiverOptions = {
      port: ports.receiver,
      ledgerPath,
      seed,
      startedAt,
      loadMs,
      timeoutMs: TIMEOUT_MS,
    };
    return [pathOf('./receiver.ts'), JSON.stringify(own)];
  };
  return {
    migration: node('migration', () => [pathOf('../migrate/main.ts')], { REDIS_URL: redisUrls.outside }),
    api: node('api', () => [...preload, pathOf('../api/main.ts')], {
      REDIS_URL: redisUrls.outside,
      PORT: String(ports.api),
    }),
    workers: redisUrls.workers.map((url, index) =>
      node(`worker-${index}`, workerArgs, { REDIS_URL: url, WORKER_PORT: String(ports.workers[index]) }),
    ),
    producers: (['packed', 'single'] as const).map((mode) => {
      let incarnation = 0;
      return counting(`producer-${mode}`, () => {
        incarnation += 1;
        return [pathOf('./producer.ts'), JSON.stringify(producerOptions(options, mode, incarnation))];
      });
    }),
    receiver: counting('receiver', receiverArgs),
    setLoadStart(at) {
      startedAt = at;
    },
  };
}

function environmentOf({ folder, mysqlUrl, logLevel }: FleetOptions): Record<string, string> {
  return {
    // A process that is started again and again compiles its sources once.
    NODE_COMPILE_CACHE: join(folder.path, 'compiled'),
    DATABASE_URL: mysqlUrl,
    QUEUE_PREFIX: PREFIX,
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    API_CREDENTIALS: `${OPERATOR}@*`,
    TARGET_POLICY: 'development',
    RETRY_INTERVAL_MS: String(RETRY_INTERVAL_MS),
    EVENT_TTL_MS: String(TTL_MS),
    DELIVERY_TIMEOUT_MS: String(TIMEOUT_MS),
    LOG_LEVEL: logLevel,
  };
}

function producerOptions(
  options: FleetOptions,
  mode: 'packed' | 'single',
  incarnation: number,
): ProducerOptions {
  const share = mode === 'single' ? SINGLE_SHARE : 1 - SINGLE_SHARE;
  return {
    name: mode === 'single' ? 's' : 'p',
    incarnation,
    mode,
    redisUrl: options.redisUrls.outside,
    prefix: PREFIX,
    ledgerPath: join(options.folder.path, `${mode}.ledger`),
    seed: options.seed,
    eventsPerSecond: options.eventsPerSecond * share,
    ttlMs: TTL_MS,
  };
}

export function producerLedgers(folder: ServerFolder): string[] {
  return ['packed', 'single'].map((mode) => join(folder.path, `${mode}.ledger`));
}

export function receiverLedger(folder: ServerFolder): string {
  return join(folder.path, 'receiver.ledger');
}

export function workerLogs(folder: ServerFolder, workers: number): string[] {
  return Array.from({ length: workers }, (_, index) => join(folder.path, `worker-${index}.log`));
}
