import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { findFreePort } from '#libs/localServers/freePort.ts';
import { testServers } from '#libs/testing/servers.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';

import {
  type InstalledPackage,
  installPackage,
  packingProblems,
  readmePrograms,
} from './installedPackage.ts';

/** The receiver as others get it, used as its README says. */
const SECRET = `whsec_${Buffer.alloc(32, 'k').toString('base64')}`;
const PASSWORD = 'open sesame';
const BUILD_TIMEOUT_MS = 120_000;

const programs = await readmePrograms('receiver');

let receiver: InstalledPackage;
let program: ChildProcess | undefined;

beforeAll(async () => {
  receiver = await installPackage('receiver');
}, BUILD_TIMEOUT_MS);

afterEach(async () => {
  if (program?.exitCode === null && program.kill()) await once(program, 'close');
});

afterAll(() => receiver.remove());

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

/** Starts a program of the README, and resolves to its port and what it prints. */
async function start(title: string, code: string) {
  const port = await findFreePort();
  const file = await receiver.write(title, code.replace('8080', String(port)));
  const env = { WEBHOOK_SECRET: SECRET, WEBHOOK_PASSWORD: PASSWORD, REDIS_URL: testServers().redisUrl };
  const child = spawn(process.execPath, [file], {
    cwd: receiver.project,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
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
  it('has what its manifest exports, no tests, and no dependencies', async () => {
    expect(await packingProblems(receiver)).toEqual([]);
    expect(receiver.manifest).not.toHaveProperty('dependencies');
  });

  it('tells TypeScript which fields an event may have', async () => {
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
    await receiver.compile(code('link'));
    await expect(receiver.compile(code('linkId'))).rejects.toMatchObject({
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
