import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from '@jest/globals';
import { QUICK_START } from '#libs/testing/quickStart.ts';
import { testServers } from '#libs/testing/servers.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

let start: ChildProcess | undefined;
afterEach(async () => {
  if (start === undefined || start.exitCode !== null) return;
  start.kill();
  await once(start, 'close');
});

it('npm start runs the API and a worker on the servers that the environment names, until it is told to stop', async () => {
  const { redisUrl, createDatabase, makeQueuePrefix } = testServers();
  const child = spawn(process.execPath, [MAIN], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...QUICK_START,
      PATH: process.env.PATH,
      REDIS_URL: redisUrl,
      DATABASE_URL: await createDatabase(),
      QUEUE_PREFIX: makeQueuePrefix(),
      ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'),
      API_CREDENTIALS: 'operator:secret@*',
      PORT: '0',
      WORKER_PORT: '0',
    },
  });
  start = child;
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const address = (label: string) => new RegExp(`${label} +(http://localhost:\\d+)`).exec(said)?.[1];
  const api = await waitUntil(() => address('API'), { what: 'the address of the API' });
  const worker = await waitUntil(() => address('Worker'), { what: 'the address of the worker' });
  const listed = await fetch(`${api}/rest/1/webhooks`, {
    headers: { authorization: `Basic ${btoa('operator:secret')}`, connection: 'close' },
  });
  expect(listed.status).toBe(200);
  expect(await listed.json()).toEqual([]);
  expect(await answers(worker)).toBe(true);

  child.kill('SIGINT');
  const [code] = await once(child, 'close');
  expect({ code, said }).toEqual({ code: 0, said: expect.stringMatching(/Stopped\.\n$/) });
  expect([await answers(api), await answers(worker)]).toEqual([false, false]);
});

async function answers(url: string): Promise<boolean> {
  return fetch(`${url}/health/live`, { headers: { connection: 'close' } }).then(
    ({ ok }) => ok,
    () => false,
  );
}
