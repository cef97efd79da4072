import { randomBytes } from 'node:crypto';
import { ensureServers } from '#libs/localServers/ensureServers.ts';
import { QUICK_START } from './quickStart.ts';
import { runState } from './runState.ts';
import { RUN_SERVERS_VARIABLE, type RunServers } from './servers.ts';
import { findTestBrowser } from './testBrowser.ts';

/** Those that drive a browser. */
const BROWSER_TESTS = ['console', 'hostile', 'pages'].map((name) => `apps/e2e/console/${name}.itest.ts`);

/** One Redis and one database for the whole run, for all test files; and a browser, where a test may need one. */
export default async function globalSetup(run: { readonly nonFlagArgs: readonly string[] }): Promise<void> {
  const servers = await ensureServers({
    environment: process.env,
    report: (line) => process.stderr.write(`${line}\n`),
    docker: true,
  });
  // Here, as several test files at once would each install it. Without one, it is they who fail.
  if (mayNeedBrowser(run.nonFlagArgs)) await findTestBrowser().catch(() => undefined);
  const runId = `postrider_test_${randomBytes(4).toString('hex')}`;
  Object.assign(runState(), { servers, runId });
  const { redisUrl, databaseUrl } = servers;
  const told: RunServers = { runId, redisUrl, databaseUrl };
  Object.assign(process.env, QUICK_START, { [RUN_SERVERS_VARIABLE]: JSON.stringify(told) });
}

/** The arguments of a run choose test files by a part of their path; none: all. */
function mayNeedBrowser(patterns: readonly string[]): boolean {
  const isChosen = (path: string) => patterns.some((pattern) => new RegExp(pattern).test(path));
  return patterns.length === 0 || BROWSER_TESTS.some(isChosen);
}
