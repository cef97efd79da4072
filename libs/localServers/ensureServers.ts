import { dockerAnswers, startMysqlContainer, startRedisContainer } from './dockerServers.ts';
import { ensurePrograms } from './ensurePrograms.ts';
import { startPrivateMariadb, startPrivateRedis } from './privateServers.ts';
import { openServerFolder, type ServerFolder } from './serverFolder.ts';
import type { Report } from './timed.ts';

export interface Servers {
  readonly redisUrl: string;
  readonly databaseUrl: string;
  /** Where private servers keep their data; null when there are none. */
  readonly dataFolder: string | null;
  /** Named by the environment, at least one of them: what is on it stays after the stop. */
  readonly lasting: boolean;
  /** Stops what was started here. A temporary data folder goes too, unless it is to be kept. */
  stop(options?: { readonly keepData?: boolean }): Promise<void>;
}

export interface EnsureOptions {
  /** REDIS_URL and DATABASE_URL come first; PATH says where programs are looked for. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly report: Report;
  /** Where private servers keep their data. Left out: a temporary folder, removed at the end. */
  readonly folder?: string;
  /** Try a Docker engine before private servers (for tests). */
  readonly docker?: boolean;
}

interface Started {
  readonly url: string;
  readonly stop?: () => Promise<void>;
}

/** A Redis and a database: what the environment names, or containers, or private children of this process. */
export async function ensureServers(options: EnsureOptions): Promise<Servers> {
  const { folder, redis, database } = await chooseStarters(options);
  const starting = [redis(), database()] as const;
  const stop = async (keep: boolean) => {
    const settled = await Promise.allSettled(starting);
    await Promise.all(settled.map((result) => result.status === 'fulfilled' && result.value.stop?.()));
    await folder?.close({ keep });
  };
  try {
    const [startedRedis, startedDatabase] = await Promise.all(starting);
    return {
      redisUrl: startedRedis.url,
      databaseUrl: startedDatabase.url,
      dataFolder: folder?.path ?? null,
      lasting: Boolean(options.environment.REDIS_URL || options.environment.DATABASE_URL),
      stop: ({ keepData = false } = {}) => stop(keepData),
    };
  } catch (error) {
    await stop(false);
    throw error;
  }
}

interface Starters {
  redis(): Promise<Started>;
  database(): Promise<Started>;
  readonly folder: ServerFolder | null;
}

async function chooseStarters(options: EnsureOptions): Promise<Starters> {
  const { environment, report } = options;
  const { REDIS_URL, DATABASE_URL, PATH = '' } = environment;
  const redis = REDIS_URL ? () => named('REDIS_URL', REDIS_URL, report) : null;
  const database = DATABASE_URL ? () => named('DATABASE_URL', DATABASE_URL, report) : null;
  if (redis && database) return { redis, database, folder: null };

  if (options.docker && (await dockerAnswers())) {
    return {
      redis: redis ?? (() => startRedisContainer(report)),
      database: database ?? (() => startMysqlContainer(report)),
      folder: null,
    };
  }
  const search = { searchPath: PATH, report };
  // Before they start at the same time: a package manager runs once at a time.
  if (!redis && !database) await ensurePrograms(['redis-server', 'mariadbd'], search);
  const folder = await openServerFolder(options.folder === undefined ? {} : { path: options.folder });
  const parts = { ...search, folder };
  return {
    redis: redis ?? (() => startPrivateRedis(parts)),
    database: database ?? (() => startPrivateMariadb(parts)),
    folder,
  };
}

async function named(variable: string, url: string, report: Report): Promise<Started> {
  report(`${variable} is set: using the server that it names`);
  return { url };
}
