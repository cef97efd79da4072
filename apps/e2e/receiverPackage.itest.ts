import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { testServers } from '#libs/testing/servers.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';

/** The receiver as others get it: built, packed, installed, and used as its README says. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SOURCE = join(ROOT, 'libs/receiver');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const SECRET = `whsec_${Buffer.alloc(32, 'k').toString('base64')}`;
const PASSWORD = 'open sesame';
const BUILD_TIMEOUT_MS = 120_000;

const run = promisify(execFile);
const readme = await readFile(join(SOURCE, 'README.md'), 'utf8');
const programs = [...readme.matchAll(/^## (.+)\n(?:(?!^## |^```js)[\s\S])*^```js\n([\s\S]*?)^```/gm)].map(
  ([, title = '', code = '']) => {
    return { title, code };
  },
);

let consumer: string;
let files: string[];
let program: ChildProcess | undefined;

beforeAll(async () => {
  await mkdir(join(ROOT, '.cache'), { recursive: true });
  // Below our own folder, so that Express, Fastify and ioredis are found as a consumer has them.
  consumer = await mkdtemp(join(ROOT, '.cache/receiver-'));
  const built = join(consumer, 'built');
  await run(process.execPath, [TSC, '--project', SOURCE, '--outDir', join(built, 'dist')]);
  for (const file of ['package.json', 'README.md']) await cp(join(SOURCE, file), join(built, file));
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts'], { cwd: built });
  const [packed] = Object.values<{ filename: string; files: { path: string }[] }>(JSON.parse(stdout));
  files = packed?.files.map(({ path }) => path) ?? [];
  const installed = join(consumer, 'node_modules/@postrider/receiver');
  await mkdir(installed, { recursive: true });
  const archive = join(built, packed?.filename ?? '');
  await run('tar', ['--extract', '--file', archive, '--directory', installed, '--strip-components', '1']);
}, BUILD_TIMEOUT_MS);

afterEach(async () => {
  if (program?.exitCode === null && program.kill()) await once(program, 'close');
});

afterAll(() => rm(consumer, { recursive: true }));

const batch = (...ids: string[]) => {
  return JSON.stringify(ids.map((id) => ({ type: 'sent', id, clientId: 7, created: 1, attempt: 1 })));
};

/** With both kinds of credentials that the programs ask for. */
async function post(port: number, body: string): Promise<number> {
  const now = new Date();
  const response = await fetch(`http://127.0.0.1:${port}/events`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      connection: 'close',
      authorization: `Basic ${Buffer.from(`postrider:${PASSWORD}`).toString('base64')}`,
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(SECRET).sign('msg_1', now, body),
    },
  });
  await response.arrayBuffer();
  return response.status;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts a program of the README, and resolves to its port and what it prints. */
async function start(title: string, code: string) {
  const port = await freePort();
  const file = join(consumer, `${title.replaceAll(/\W/g, '')}.mjs`);
  await writeFile(file, code.replace('8080', String(port)));
  const env = { WEBHOOK_SECRET: SECRET, WEBHOOK_PASSWORD: PASSWORD, REDIS_URL: testServers().redisUrl };
  const child = spawn(process.execPath, [file], { cwd: consumer, env, stdio: ['ignore', 'pipe', 'inherit'] });
  program = child;
  const printed = { text: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    printed.text += text;
  });
  await waitUntil(
    () =>
      post(port, '[]')
        .then((status) => status === 400)
        .catch(() => false),
    { what: title },
  );
  return { port, printed };
}

describe('the package', () => {
  it('has what its manifest exports, and no tests', async () => {
    const manifest = JSON.parse(await readFile(join(SOURCE, 'package.json'), 'utf8'));
    const targets = Object.values<Record<string, string>>(manifest.exports).flatMap((each) =>
      Object.values(each),
    );
    expect(files).toEqual(expect.arrayContaining(targets.map((path) => path.slice(2))));
    expect(files).toEqual(expect.arrayContaining(['README.md', 'package.json']));
    expect(files.filter((path) => /test|\.ts$/.test(path) && !path.endsWith('.d.ts'))).toEqual([]);
    expect(manifest).not.toHaveProperty('dependencies');
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
    expect(manifest.version).toBe(version);
  });

  it('tells TypeScript which fields an event may have', async () => {
    const file = join(consumer, 'typed.mts');
    const code = (field: string) => `
      import express from 'express';
      import { createReceiver, expressHandler, isOfType } from '@postrider/receiver';
      const receiver = createReceiver({
        authentication: { type: 'keyAuth', key: 'X-Key', passphrase: 'x' },
        onEvents: (events) => {
          for (const event of events) if (isOfType(event, 'click')) console.log(event.${field}?.toUpperCase());
        },
      });
      express().post('/', expressHandler(receiver));`;
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
    const check = () => run(process.execPath, [TSC, ...options, '--ignoreConfig', '--skipLibCheck', file]);
    await writeFile(file, code('link'));
    await check();
    await writeFile(file, code('linkId'));
    await expect(check()).rejects.toMatchObject({
      stdout: expect.stringContaining("'toUpperCase' does not exist"),
    });
  }, 120_000);

  it('has a README of programs', () => {
    expect(programs.map(({ title }) => title)).toEqual([
      'Plain Node',
      'Express',
      'Fastify',
      'Several processes',
    ]);
  });

  it.each(programs)('does what its README says: $title', async ({ title, code }) => {
    const [first, second] = [randomUUID(), randomUUID()];
    const { port, printed } = await start(title, code);
    expect(await post(port, batch(first))).toBe(200);
    expect(await post(port, batch(first, second))).toBe(200);
    await waitUntil(() => printed.text.includes(second), { what: 'the second event' });
    expect(printed.text).toBe(`sent ${first}\nsent ${second}\n`);
  });

  it('shares among several processes what was handled, when they share a store', async () => {
    const { code = '' } = programs.at(-1) ?? {};
    const [first, second] = [randomUUID(), randomUUID()];
    const one = await start('one', code);
    expect(await post(one.port, batch(first))).toBe(200);
    program?.kill();
    const other = await start('other', code);
    expect(await post(other.port, batch(first, second))).toBe(200);
    await waitUntil(() => other.printed.text.includes(second), { what: 'the second event' });
    expect(other.printed.text).toBe(`sent ${second}\n`);
  });
});
