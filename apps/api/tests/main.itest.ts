import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { QUICK_START } from '#libs/testing/quickStart.ts';
import { testServers } from '#libs/testing/servers.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { OPERATOR } from './apiFixture.ts';
import { send } from './httpClient.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
});

interface Program {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

function run(app: 'api' | 'migrate', environment: Readonly<Record<string, string>>): Program {
  const env = { ...QUICK_START, ...environment };
  const child = spawn(process.execPath, [`apps/${app}/main.ts`], { cwd: ROOT, env });
  children.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes) => {
      text += bytes;
    });
  }
  return { child, output: () => text, ended: once(child, 'close').then(([code]) => code) };
}

async function environment(): Promise<Record<string, string>> {
  const servers = testServers();
  return {
    DATABASE_URL: await servers.createDatabase(),
    REDIS_URL: servers.redisUrl,
    QUEUE_PREFIX: servers.makeQueuePrefix(),
    PORT: '0',
    ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
    API_CREDENTIALS: `${OPERATOR}@*`,
  };
}

describe('npm run migrate', () => {
  it('says what it did, and what to do when it cannot', async () => {
    const settings = await environment();
    const first = run('migrate', settings);
    expect(await first.ended).toBe(0);
    expect(first.output()).toMatch(/^(Applied migration \w+\n)+The database is up to date\.\n$/);
    const second = run('migrate', settings);
    expect(await second.ended).toBe(0);
    expect(second.output()).toBe('The database is up to date; nothing was to do.\n');
    const away = run('migrate', { ...settings, DATABASE_URL: 'mysql://anna:secret@127.0.0.1:1/x' });
    expect(await away.ended).toBe(1);
    expect(away.output()).toMatch(/^MySQL is not reachable: .*ECONNREFUSED/);
    expect(away.output()).not.toContain('secret');
  });
});

describe('npm run api', () => {
  it('names every setting that is wrong', async () => {
    const api = run('api', { PORT: 'x' });
    expect(await api.ended).toBe(2);
    for (const name of ['DATABASE_URL', 'REDIS_URL', 'ENCRYPTION_KEY', 'API_CREDENTIALS', 'PORT']) {
      expect(api.output()).toContain(name);
    }
  });

  it('refuses a database that was not migrated, and says what to do', async () => {
    const api = run('api', await environment());
    expect(await api.ended).toBe(2);
    expect(api.output()).toContain('Run: npm run migrate');
    expect(api.output()).not.toContain('    at ');
  });

  it('serves, and ends with exit code 0 on SIGTERM', async () => {
    const settings = await environment();
    await run('migrate', settings).ended;
    const api = run('api', settings);
    const [, port] = await waitUntil(() => /"Ready","port":(\d+)/.exec(api.output()), { what: 'the API' });
    const call = { method: 'GET', path: '/rest/1/webhooks', auth: OPERATOR };
    expect(await send(Number(port), call)).toMatchObject({ status: 200, body: [] });
    api.child.kill('SIGTERM');
    expect(await api.ended).toBe(0);
    expect(api.output()).not.toContain('open_sesame');
  });
});
