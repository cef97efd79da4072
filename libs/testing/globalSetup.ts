import { randomBytes } from 'node:crypto';
import { ensureServers, type Servers } from '#libs/localServers/ensureServers.ts';
import { RUN_SERVERS_VARIABLE, type RunServers } from './servers.ts';

/** What setup, reporter and teardown share: Jest loads them into one process. */
interface RunState {
  servers?: Servers;
  runServers?: RunServers;
  failed?: boolean;
}

export const runState: RunState = {};

/** One Redis and one database for the whole run, for all test files. */
export default async function globalSetup(): Promise<void> {
  const servers = await ensureServers({
    environment: process.env,
    report: (line) => process.stderr.write(`${line}\n`),
    docker: true,
  });
  const { redisUrl, databaseUrl } = servers;
  const runId = `postrider_test_${randomBytes(4).toString('hex')}`;
  runState.servers = servers;
  runState.runServers = { runId, redisUrl, databaseUrl };
  process.env[RUN_SERVERS_VARIABLE] = JSON.stringify(runState.runServers);
}
