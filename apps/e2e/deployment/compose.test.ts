import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { DCLinter } from 'dclint';
import { loadConfig } from '#libs/config/loadConfig.ts';
import { SETTINGS } from '#libs/config/settings.ts';
import { ROOT, readText, readYaml } from './files.ts';

interface Service {
  readonly image: string;
  readonly environment?: Record<string, string>;
  readonly command?: string;
  readonly ports?: readonly string[];
  readonly mem_limit: string;
  readonly [field: string]: unknown;
}

interface PrometheusConfig {
  readonly scrape_configs: readonly {
    readonly job_name: string;
    readonly static_configs?: readonly { readonly targets: readonly string[] }[];
    readonly dns_sd_configs?: readonly { readonly names: readonly string[]; readonly port: number }[];
  }[];
}

const compose = await readYaml<{ services: Record<string, Service> }>('docker/compose.yaml');
const { api, worker, migrate, redis, mysql } = compose.services as Record<
  'api' | 'worker' | 'migrate' | 'redis' | 'mysql',
  Service
>;
const services = Object.entries(compose.services);
const OWN = ['api', 'worker', 'migrate'];

/** As Compose puts the variables of an environment into a text: `${NAME:-default}` and `${NAME:?what is missing}`. */
function interpolate(text: string, environment: Readonly<Record<string, string | undefined>>): string {
  return text.replace(/\$\{(\w+):([-?])([^}]*)\}/g, (_, name: string, kind: string, other: string) => {
    const value = environment[name] || (kind === '-' ? other : undefined);
    if (value === undefined) throw new Error(`${name}: ${other}`);
    return value;
  });
}

function settingsFor(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const { environment: settings = {} } = api;
  return Object.fromEntries(
    Object.entries(settings).map(([name, text]) => [name, interpolate(text, environment)]),
  );
}

/** Which order and which quotes one likes better. */
const MATTERS_OF_TASTE = [
  'no-quotes-in-volumes',
  'require-quotes-in-ports',
  'service-keys-order',
  'services-alphabetical-order',
  'top-level-properties-order',
];

function lintCompose(path: string): string[] {
  const rules = Object.fromEntries(MATTERS_OF_TASTE.map((rule) => [rule, 0 as const]));
  const linter = new DCLinter({ rules, quiet: false, debug: false, exclude: [] });
  const results: { messages: { message: string }[] }[] = linter.lintFiles([path], false);
  return results.flatMap(({ messages }) => messages.map(({ message }) => message));
}

const bytesOf = (size: string) =>
  Number.parseInt(size, 10) * ({ m: 2 ** 20, g: 2 ** 30 }[/\d([mg])b?$/.exec(size)?.[1] ?? ''] ?? Number.NaN);

describe('docker/compose.yaml', () => {
  it('passes the schema of Compose files, and a linter that knows what goes wrong with them', async () => {
    expect(lintCompose(`${ROOT}docker/compose.yaml`)).toEqual([]);
    const folder = await mkdtemp(join(tmpdir(), 'postrider-compose-'));
    const text = await readText('docker/compose.yaml');
    await writeFile(join(folder, 'compose.yaml'), text.replace('healthcheck:', 'healthchek:'));
    expect(lintCompose(join(folder, 'compose.yaml')).join()).toContain('must NOT have additional properties');
    await rm(folder, { recursive: true });
  });

  it.each(services)('%s has limits, and no more rights than it needs', (name, service) => {
    expect(service).toMatchObject({
      mem_limit: expect.stringMatching(/^\d+[mg]$/),
      cpus: expect.any(Number),
      pids_limit: expect.any(Number),
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      logging: { options: { 'max-size': expect.any(String), 'max-file': expect.any(String) } },
      image: OWN.includes(name) ? 'postrider' : expect.stringMatching(/:v?\d+\.\d+(\.\d+)?$/),
      ...(name !== 'mysql' && { read_only: true }),
      ...(name !== 'migrate' && { restart: 'unless-stopped' }),
      ...(!OWN.includes(name) && { healthcheck: { test: expect.any(Array) } }),
    });
  });

  it('is a configuration that works, made of .env.example and a password for MySQL', async () => {
    const example = parseEnv(await readText('.env.example'));
    const settings = settingsFor({ ...example, MYSQL_PASSWORD: 'letters1' });
    expect(Object.keys(settings).toSorted()).toEqual(SETTINGS.map(({ name }) => name).toSorted());
    const config = loadConfig(settings);
    expect(config).toMatchObject({ databaseUrl: 'mysql://postrider:letters1@mysql:3306/postrider' });
    for (const name of ['ENCRYPTION_KEY', 'API_CREDENTIALS', 'MYSQL_PASSWORD']) {
      const without = { ...example, MYSQL_PASSWORD: 'letters1', [name]: '' };
      expect(() => settingsFor(without)).toThrow(`put ${name} into .env`);
    }
    expect(worker.environment).toEqual(api.environment);
    expect(migrate.environment).toEqual(api.environment);
  });

  it('waits for longer than a process may take to stop', async () => {
    const { shutdownTimeoutMs } = loadConfig(parseEnv(await readText('.env.example')));
    for (const { stop_grace_period: grace } of [api, worker]) {
      expect(Number(/^(\d+)s$/.exec(String(grace))?.[1]) * 1_000).toBeGreaterThan(shutdownTimeoutMs);
    }
  });

  it('has two workers, and Prometheus asks the ports that they and the API listen at', async () => {
    expect(worker).toMatchObject({ deploy: { replicas: 2 } });
    const { port, workerPort } = loadConfig(
      settingsFor({ ...parseEnv(await readText('.env.example')), MYSQL_PASSWORD: 'x' }),
    );
    expect(await readText('docker/Dockerfile')).toMatch(new RegExp(`^EXPOSE ${port} ${workerPort}$`, 'm'));
    expect(api.ports?.map((mapping) => mapping.split(':').at(-1))).toEqual([String(port)]);
    const { scrape_configs: jobs } = await readYaml<PrometheusConfig>('docker/prometheus/prometheus.yaml');
    expect(jobs).toMatchObject([
      { job_name: 'postrider-api', static_configs: [{ targets: [`api:${port}`] }] },
      { job_name: 'postrider-worker', dns_sd_configs: [{ names: ['worker'], port: workerPort }] },
    ]);
  });

  it('has the MySQL and a Redis that the settings speak of', () => {
    const about = (wanted: string) => SETTINGS.find(({ name }) => name === wanted)?.about ?? '';
    const [, mysqlVersion] = /MySQL (\d+\.\d+)/.exec(about('DATABASE_URL')) ?? [];
    expect(mysql.image).toBe(`mysql:${mysqlVersion}`);
    const [, redisVersion] = /Redis (\d+)\+/.exec(about('REDIS_URL')) ?? [];
    expect(Number(/^redis:(\d+)\./.exec(redis.image)?.[1])).toBeGreaterThanOrEqual(Number(redisVersion));
  });

  it('has a Redis that keeps every event, with room for a rewrite of its AOF', () => {
    const options = Object.fromEntries(
      [...(redis.command ?? '').matchAll(/--(\S+) (\S+)/g)].map(([, name, value]) => [name, value]),
    );
    expect(options).toMatchObject({
      appendonly: 'yes',
      appendfsync: 'always',
      'maxmemory-policy': 'noeviction',
    });
    expect(bytesOf(redis.mem_limit)).toBeGreaterThanOrEqual(2 * bytesOf(options.maxmemory ?? ''));
  });
});
