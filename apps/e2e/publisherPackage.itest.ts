import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { findFreePort } from '#libs/localServers/freePort.ts';
import { makeEvents } from '#libs/testing/fixtures.ts';
import { startOwnRedis } from '#libs/testing/ownRedis.ts';
import { testServers } from '#libs/testing/servers.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';

import {
  type InstalledPackage,
  installPackage,
  packingProblems,
  readmePrograms,
} from './installedPackage.ts';
import { range } from './numbered.ts';

/** The publisher as a mail engine gets it, used as its README says. */
const BUILD_TIMEOUT_MS = 120_000;
const { redisUrl, makeQueuePrefix } = testServers();
const programs = await readmePrograms('publisher');

let publisher: InstalledPackage;
let redis: Redis;
let prefix: string;
let program: ChildProcess | undefined;

beforeAll(async () => {
  publisher = await installPackage('publisher');
  redis = new Redis(redisUrl, { maxRetriesPerRequest: null });
}, BUILD_TIMEOUT_MS);
beforeEach(() => {
  prefix = makeQueuePrefix();
});
afterEach(async () => {
  if (program?.exitCode === null && program.signalCode === null) {
    program.kill('SIGKILL');
    await once(program, 'close');
  }
});
afterAll(async () => {
  redis.disconnect();
  await publisher.remove();
});

/** Tells its end, too: the exit code, or the signal. */
async function startProgram(title: string, code: string, settings: Readonly<Record<string, string>> = {}) {
  const file = await publisher.write(title, code);
  const child = spawn(process.execPath, [file], {
    cwd: publisher.project,
    env: { REDIS_URL: redisUrl, QUEUE_PREFIX: prefix, ...settings },
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  program = child;
  return { child, ended: once(child, 'close').then(([code, signal]) => code ?? signal) };
}

/** One of the README's. */
function start(title: string, port = 8080) {
  const code = programs.find((each) => each.title === title)?.code ?? '';
  return startProgram(title, code.replace('8080', String(port)));
}

async function queuedJobs() {
  const queue = new Queue('events-open', { connection: redis, prefix });
  const jobs = await queue.getJobs(['wait', 'prioritized'], 0, -1, true);
  await queue.close();
  return jobs.map(({ data }) => data.events);
}

describe('the package', () => {
  it('has what its manifest exports, no tests, and needs what we have of BullMQ and ioredis', async () => {
    expect(await packingProblems(publisher)).toEqual([]);
    expect(publisher.manifest.dependencies).toEqual({ bullmq: '~6.7.0', ioredis: '^6.0.0' });
  });

  it('tells TypeScript what each event must have, and which fields are known', async () => {
    await publisher.compile(`
      import { createPublisher, PublishError } from '@postrider/publisher';
      const publisher = createPublisher({ redisUrl: 'redis://localhost' });
      const common = { clientId: 7, created: 1 };
      try {
        await publisher.publish({ ...common, type: 'click', linkId: 1, ownField: ['a'] });
        await publisher.publish([{ ...common, type: 'archive' }, { ...common, type: 'open', device: 'desktop' }]);
        // @ts-expect-error: there is no such type
        await publisher.publish({ ...common, type: 'opened' });
        // @ts-expect-error: every event has been created
        await publisher.publish({ type: 'archive', clientId: 7 });
        // @ts-expect-error: a number
        await publisher.publish({ ...common, type: 'click', linkId: 'first' });
      } catch (error) {
        if (error instanceof PublishError) await publisher.publish(error.events);
      }`);
  });
});

describe('the programs of its README', () => {
  it('are these', () => {
    expect(programs.map(({ title }) => title)).toEqual(['A server', 'A file']);
  });

  it('a server: requests share jobs, and what was answered is queued', async () => {
    const port = await findFreePort();
    const { child, ended } = await start('A server', port);
    const get = (recipient: string) => fetch(`http://127.0.0.1:${port}/7/42/${recipient}`);
    await waitUntil(() => get('first').catch(() => null), { what: 'the server' });
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => get(`${n}%40example.com`)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 204));
    child.kill('SIGTERM');
    expect(await ended).toBe('SIGTERM');
    const jobs = await queuedJobs();
    expect(jobs.flat()).toHaveLength(51);
    expect(jobs.length).toBeLessThan(51);
    expect(jobs.flat().at(0)).toMatchObject({ clientId: 7, mailingId: 42, recipientId: 'first' });
  });

  it('a file: all of its events are queued, in their order', async () => {
    const { child, ended } = await start('A file');
    const events = makeEvents(25_000);
    child.stdin.end(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    expect(await ended).toBe(0);
    expect((await queuedJobs()).flat()).toEqual(events);
  });
});

describe('closeOnExit', () => {
  /** Publishes faster than it may send, and tells itself to end. */
  const program = (more: string, options = '{}') => `
    import { closeOnExit, createPublisher } from '@postrider/publisher';
    const { REDIS_URL: redisUrl, QUEUE_PREFIX: prefix } = process.env;
    const publisher = createPublisher({ redisUrl, prefix, pendingEvents: 10 });
    closeOnExit(publisher, ${options});
    for (let n = 1; n <= 500; n += 1) {
      publisher.publish({ type: 'open', clientId: 7, created: 1, n }).catch(() => {});
    }
    ${more}
    process.kill(process.pid, 'SIGTERM');`;

  it('sends what waits, then lets the signal end the process', async () => {
    const { ended } = await startProgram('ends', program(''));
    expect(await ended).toBe('SIGTERM');
    expect((await queuedJobs()).flat().map(({ n }) => n)).toEqual(range(1, 500));
  });

  it('leaves the end to a program that listens itself', async () => {
    const listens = "process.on('SIGTERM', () => publisher.close().then(() => process.exit(7)));";
    const { ended } = await startProgram('listens', program(listens));
    expect(await ended).toBe(7);
    expect((await queuedJobs()).flat()).toHaveLength(500);
  });

  it('waits no longer than its deadline', async () => {
    const hang = await startOwnRedis();
    hang.hang();
    const { ended } = await startProgram('hangs', program('', '{ deadlineMs: 200 }'), {
      REDIS_URL: hang.url,
    });
    expect(await ended).toBe('SIGTERM');
    hang.resume();
    await hang.close();
  });
});
