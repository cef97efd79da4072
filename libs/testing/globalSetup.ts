import { randomBytes } from 'node:crypto';
import { ensureServers } from '#libs/localServers/ensureServers.ts';
import { runState } from './runState.ts';
import { RUN_SERVERS_VARIABLE, type RunServers } from './servers.ts';

/** One Redis and one database for the whole run, for all test files. */
export default async function globalSetup(): Promise<void> {
  const servers = await ensureServers({
    environment: process.env,
    report: (line) => process.stderr.write(`${line}\n`),
    docker: true,
  });
  const runId = `postrider_test_${randomBytes(4).toString('hex')}`;
  Object.assign(runState(), { servers, runId });
  const { redisUrl, databaseUrl } = servers;
  const told: RunServers = { runId, redisUrl, databaseUrl };
  process.env[RUN_SERVERS_VARIABLE] = JSON.stringify(told);
}
