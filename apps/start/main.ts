import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureServers } from '#libs/localServers/ensureServers.ts';
import { startGuard } from '#libs/localServers/guard.ts';
import { MissingProgramError } from '#libs/localServers/planInstallation.ts';
import { FolderInUse } from '#libs/localServers/serverFolder.ts';
import { withOwnSettings } from './ownSettings.ts';
import { runToEnd, type Service, startService } from './service.ts';

/**
 * `npm start`: the whole of Postrider on this machine. Redis and MariaDB are what the environment names, or private
 * ones whose data stays in .data/; the API and a worker run as processes of their own until Ctrl-C.
 */
type Environment = Readonly<Record<string, string | undefined>>;

const DATA_FOLDER = fileURLToPath(new URL('../../.data', import.meta.url));
const OWN_SETTINGS = join(DATA_FOLDER, 'start.env');

/** For the person; standard output has the log lines of the services. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function start(stopSignal: Promise<unknown>): Promise<boolean> {
  const { settings, made } = await withOwnSettings(process.env, OWN_SETTINGS);
  if (made.length > 0) say(`Made ${made.join(' and ')}`);
  const servers = await ensureServers({ environment: settings, report: say, folder: DATA_FOLDER });
  try {
    const environment = { ...settings, REDIS_URL: servers.redisUrl, DATABASE_URL: servers.databaseUrl };
    if (!(await runToEnd('migrate', environment))) return false;
    say(`Users      API_CREDENTIALS in ${process.env.API_CREDENTIALS ? 'the environment' : OWN_SETTINGS}`);
    // A named one may have a password in its URL.
    say(`Queues     ${process.env.REDIS_URL ? 'at REDIS_URL' : servers.redisUrl}, for publishers of events`);
    return await runServices(environment, stopSignal);
  } finally {
    await servers.stop();
  }
}

async function runServices(environment: Environment, stopSignal: Promise<unknown>): Promise<boolean> {
  const guard = startGuard();
  const api = startService({ name: 'api', environment, guard, onReady: sayApi });
  const worker = startService({ name: 'worker', environment, guard, onReady: sayWorker });
  const ended = await Promise.race([stopSignal.then(() => null), endOf(api), endOf(worker)]);
  say(ended ?? 'Stopping …');
  await Promise.all([api.stop(), worker.stop()]);
  await guard.close();
  return ended === null;
}

async function endOf({ name, ended }: Service): Promise<string> {
  const code = await ended;
  return `The ${name} has ended by itself (code ${code}), see its lines above: stopping the rest …`;
}

function sayApi({ port }: Readonly<Record<string, unknown>>): void {
  say(`API        http://localhost:${port}/rest/{clientId}/webhooks`);
  say(`API docs   http://localhost:${port}/docs`);
  say(`Console    http://localhost:${port}/console`);
  say(`Dashboard  http://localhost:${port}/admin/queues`);
}

function sayWorker({ healthPort }: Readonly<Record<string, unknown>>): void {
  say(`Worker     http://localhost:${healthPort}/health/ready`);
}

const stopSignal = new Promise((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, resolve);
});
try {
  const stoppedByPerson = await start(stopSignal);
  if (stoppedByPerson) say('Stopped.');
  process.exitCode = stoppedByPerson ? 0 : 1;
} catch (error) {
  if (!(error instanceof FolderInUse) && !(error instanceof MissingProgramError)) throw error;
  say(error.message);
  process.exitCode = 1;
}
