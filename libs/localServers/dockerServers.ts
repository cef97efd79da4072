import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Report, timed } from './timed.ts';

/** A server in a container; testcontainers removes it when this process ends, in whatever way. */
export interface ContainerServer {
  readonly url: string;
  stop(): Promise<void>;
}

const REDIS_IMAGE = 'redis:7';
const MYSQL_IMAGE = 'mysql:8.4';
const REDIS_PORT = 6379;
/** A machine that has the command but no engine should not be waited for. */
const PROBE_TIMEOUT_MS = 3_000;

/** True when a Docker engine answers. */
export async function dockerAnswers(): Promise<boolean> {
  const probe = spawn('docker', ['version', '--format', '{{.Server.Version}}'], {
    stdio: 'ignore',
    timeout: PROBE_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  const [code] = await once(probe, 'exit').catch(() => [null]);
  return code === 0;
}

export async function startRedisContainer(report: Report): Promise<ContainerServer> {
  // Imported only here: loading it takes a second, and most machines of developers never need it.
  const { GenericContainer } = await import('testcontainers');
  const container = await timed(
    report,
    `${REDIS_IMAGE} in Docker`,
    () =>
      new GenericContainer(REDIS_IMAGE)
        .withCommand([
          'redis-server',
          '--appendonly',
          'yes',
          '--save',
          '',
          '--maxmemory-policy',
          'noeviction',
        ])
        .withExposedPorts(REDIS_PORT)
        .start(),
    () => 'ready',
  );
  return {
    url: `redis://${container.getHost()}:${container.getMappedPort(REDIS_PORT)}/0`,
    stop: async () => void (await container.stop()),
  };
}

export async function startMysqlContainer(report: Report): Promise<ContainerServer> {
  const { MySqlContainer } = await import('@testcontainers/mysql');
  const container = await timed(
    report,
    `${MYSQL_IMAGE} in Docker`,
    () => new MySqlContainer(MYSQL_IMAGE).withDatabase('postrider').start(),
    () => 'ready',
  );
  return {
    // As root, who may create the databases of the test files.
    url: container.getConnectionUri(true),
    stop: async () => void (await container.stop()),
  };
}
