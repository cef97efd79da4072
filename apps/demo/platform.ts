import { randomBytes } from 'node:crypto';
import { SETTINGS } from '#libs/config/settings.ts';
import { ensureServers, type Servers } from '#libs/localServers/ensureServers.ts';
import type { ServerFolder } from '#libs/localServers/serverFolder.ts';
import { type Report, timed } from '#libs/localServers/timed.ts';
import type { Lifecycle } from '#libs/runtime/lifecycle.ts';
import { migrate } from '#libs/store/migrate.ts';
import { abortable } from './abortable.ts';
import type { Operator } from './adminApi.ts';
import { type AppProcess, SHUTDOWN_TIMEOUT_MS, startApp } from './appProcess.ts';
import type { DemoFailure } from './demoFailure.ts';
import { chooseNames, createDatabase, deleteKeys, dropDatabase, type OwnNames } from './ownNames.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface PlatformParts {
  readonly environment: Environment;
  readonly retryIntervalMs: number;
  readonly workers: number;
  /** Takes the logs. */
  readonly folder: ServerFolder;
  readonly lifecycle: Lifecycle;
  readonly report: Report;
  readonly signal: AbortSignal;
  /** One of the processes has ended before its time. */
  readonly onFailure: (failure: DemoFailure) => void;
  /** Asked when all stops: shall the data of private servers stay, for a look? */
  readonly keepsData: () => boolean;
}

/** All of Postrider, running on this machine. */
export interface Platform {
  readonly apiUrl: string;
  readonly workerUrls: readonly string[];
  readonly redisUrl: string;
  readonly databaseUrl: string;
  readonly queuePrefix: string;
  readonly operator: Operator;
  readonly logFolder: string;
}

/** Redis and MariaDB, tables, the API and workers: all that `npm start` runs, but for a while only. */
export async function startPlatform(parts: PlatformParts): Promise<Platform> {
  const { report, signal } = parts;
  const servers = await startServers(parts);
  const names = await makeNames(parts, servers);
  const migrated = timed(
    report,
    'The tables',
    () => migrate(names),
    () => 'are made',
  );
  await abortable(migrated, signal);

  const operator = { user: 'operator', password: randomBytes(12).toString('base64url') };
  const environment = settingsFor(parts, { servers, names, operator });
  const processes = startProcesses(parts, environment);
  const [api, ...workers] = await Promise.all(
    processes.map((app) => {
      return timed(
        report,
        app.name,
        () => app.ready(signal),
        (fields) => `is ready on port ${portOf(fields)}`,
      );
    }),
  );
  return {
    apiUrl: `http://127.0.0.1:${portOf(api ?? {})}`,
    workerUrls: workers.map((worker) => `http://127.0.0.1:${portOf(worker)}`),
    redisUrl: servers.redisUrl,
    databaseUrl: names.databaseUrl,
    queuePrefix: names.queuePrefix,
    operator,
    logFolder: parts.folder.path,
  };
}

async function startServers(parts: PlatformParts): Promise<Servers> {
  const { environment, lifecycle, report, signal, keepsData } = parts;
  const starting = ensureServers({ environment, report });
  // Also what still starts when Ctrl-C comes.
  lifecycle.add('servers', async () => {
    const servers = await starting.catch(() => null);
    if (keepsData() && servers?.dataFolder) report(`The servers' data is kept in ${servers.dataFolder}`);
    await servers?.stop({ keepData: keepsData() });
  });
  return abortable(starting, signal);
}

/** What is ours on servers of somebody else goes at the end; private servers go themselves. */
async function makeNames(
  { environment, lifecycle, signal }: PlatformParts,
  servers: Servers,
): Promise<OwnNames> {
  const names = chooseNames(servers.databaseUrl);
  if (environment.REDIS_URL) lifecycle.add('keys', () => deleteKeys(servers.redisUrl, names));
  const creating = createDatabase(servers.databaseUrl, names);
  if (environment.DATABASE_URL) {
    lifecycle.add('database', async () => {
      await creating.catch(() => {});
      await dropDatabase(servers.databaseUrl, names);
    });
  }
  await abortable(creating, signal);
  return names;
}

function settingsFor(
  { environment, retryIntervalMs }: PlatformParts,
  made: { readonly servers: Servers; readonly names: OwnNames; readonly operator: Operator },
): Environment {
  const { servers, names, operator } = made;
  // Only what the demo says it sets: a forgotten setting in the shell must not change the show.
  const unset = Object.fromEntries(SETTINGS.map(({ name }) => [name, undefined]));
  return {
    ...environment,
    ...unset,
    REDIS_URL: servers.redisUrl,
    DATABASE_URL: names.databaseUrl,
    QUEUE_PREFIX: names.queuePrefix,
    PORT: '0',
    WORKER_PORT: '0',
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    API_CREDENTIALS: `${operator.user}:${operator.password}@*`,
    TARGET_POLICY: 'development',
    RETRY_INTERVAL_MS: String(retryIntervalMs),
    SHUTDOWN_TIMEOUT_MS: String(SHUTDOWN_TIMEOUT_MS),
  };
}

function startProcesses(parts: PlatformParts, environment: Environment): AppProcess[] {
  const { folder, onFailure, lifecycle, workers } = parts;
  const common = { environment, folder, onFailure };
  const processes = [
    startApp({ ...common, app: 'api', name: 'API' }),
    ...Array.from({ length: workers }, (_, index) => {
      return startApp({ ...common, app: 'worker', name: `Worker ${index + 1}` });
    }),
  ];
  lifecycle.add('processes', () => Promise.all(processes.map((app) => app.stop())));
  return processes;
}

function portOf({ port, healthPort }: Readonly<Record<string, unknown>>): string {
  return String(port ?? healthPort);
}
