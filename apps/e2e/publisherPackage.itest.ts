import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { makeEvents } from '#libs/testing/fixtures.ts';
import { testServers } from '#libs/testing/servers.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { freePort } from './freePort.ts';
import {
  type InstalledPackage,
  installPackage,
  packingProblems,
  readmePrograms,
} from './installedPackage.ts';

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

/** Starts a program of the README, and tells its end: the exit code, or the signal. */
async function start(title: string, port = 8080) {
  const code = programs.find((each) => each.title === title)?.code ?? '';
  const file = await publisher.write(title, code.replace('8080', String(port)));
  const child = spawn(process.execPath, [file], {
    cwd: publisher.project,
    env: { REDIS_URL: redisUrl, QUEUE_PREFIX: prefix },
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  program = child;
  return { child, ended: once(child, 'close').then(([code, signal]) => code ?? signal) };
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

  it.each([
    ['of a type that there is not', "{ type: 'opened', clientId: 7, created: 1 }"],
    ['without what every event has', "{ type: 'archive', clientId: 7 }"],
    ['with a known field of another type', "{ type: 'click', clientId: 7, created: 1, linkId: 'first' }"],
  ])('TypeScript refuses an event %s', async (_name, event) => {
    await expect(publisher.compile(typed(event))).rejects.toMatchObject({
      stdout: expect.stringContaining('error TS'),
    });
  });

  it('TypeScript takes an event with fields of its own, and those to publish again', async () => {
    await publisher.compile(typed("{ type: 'click', clientId: 7, created: 1, linkId: 1, campaign: ['a'] }"));
  });
});

const typed = (event: string) => `
  import { createPublisher, type MailEvent, PublishError } from '@postrider/publisher';
  const publisher = createPublisher({ redisUrl: 'redis://localhost' });
  const event: MailEvent = ${event};
  try {
    await publisher.publish([event]);
  } catch (error) {
    if (error instanceof PublishError) await publisher.publish(error.events);
  }`;

describe('the programs of its README', () => {
  it('are these', () => {
    expect(programs.map(({ title }) => title)).toEqual(['A server', 'A file']);
  });

  it('a server: requests share jobs, and what was answered is queued', async () => {
    const port = await freePort();
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

  it('a file: what was read before SIGTERM is queued before the end', async () => {
    const { child, ended } = await start('A file');
    const events = makeEvents(10_000);
    child.stdin.write(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    // Its first jobs are there: it has read all, and the others are on their way.
    await waitUntil(() => queuedJobs().then((jobs) => jobs.length > 0), { what: 'a job' });
    child.kill('SIGTERM');
    expect(await ended).toBe('SIGTERM');
    expect((await queuedJobs()).flat()).toEqual(events);
  });
});
