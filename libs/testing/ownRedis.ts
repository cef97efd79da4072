import { startPrivateRedis } from '#libs/localServers/privateServers.ts';
import type { RedisServer } from '#libs/localServers/redisServer.ts';
import { openServerFolder } from '#libs/localServers/serverFolder.ts';

/** A Redis for one test file alone, to be filled, killed, and started again with its data. */
export interface OwnRedis {
  readonly url: string;
  /** kill -9; nothing listens on its port until `restart`. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** It stays connected and does not answer any more, until `resume`. */
  hang(): void;
  resume(): void;
  /** Ends it for good, and removes its data. */
  close(): Promise<void>;
}

export async function startOwnRedis(): Promise<OwnRedis> {
  const folder = await openServerFolder();
  const options = {
    folder,
    searchPath: process.env.PATH ?? '',
    report: () => {},
    appendfsync: 'always',
  } as const;
  let server: RedisServer = await startPrivateRedis(options);
  const { port, url } = server;
  return {
    url,
    kill: () => server.kill(),
    async restart() {
      server = await startPrivateRedis({ ...options, port });
    },
    hang: () => void process.kill(server.pid, 'SIGSTOP'),
    resume: () => void process.kill(server.pid, 'SIGCONT'),
    async close() {
      await server.kill();
      await folder.close();
    },
  };
}
