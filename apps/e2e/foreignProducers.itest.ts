import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Customer } from '#libs/testing/customer.ts';
import { type Platform, startPlatform } from './platform.ts';
import { runProgram } from './runProgram.ts';
import { OPERATOR } from './settings.ts';

/** The examples of producers in other languages, where the machine has these. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** A Python of one's own: `python3 -m venv .cache/python && .cache/python/bin/pip install bullmq`. */
const OWN_PYTHON = join(ROOT, '.cache/python/bin/python3');

const works = ({ status }: SpawnSyncReturns<Buffer>) => status === 0;
const python = [OWN_PYTHON, 'python3'].find(
  (path) => (path === 'python3' || existsSync(path)) && works(spawnSync(path, ['-c', 'import bullmq'])),
);
const php = works(spawnSync('php', ['--version'])) ? 'php' : undefined;

let platform: Platform;
let customer: Customer;

beforeAll(async () => {
  platform = await startPlatform();
  customer = await platform.customer();
  // The client of the examples.
  await platform.activated({ customer, clientId: 7 });
});
afterAll(() => platform.stop());

const [user, password] = OPERATOR.split(':');
const run = (program: string, example: string, args: readonly string[]) => {
  const env = { PATH: process.env.PATH ?? '', POSTRIDER_USER: user, POSTRIDER_PASSWORD: password };
  return runProgram(program, [`docs/examples/${example}`, ...args], { cwd: ROOT, env });
};

async function expectThreeMore(before: number): Promise<void> {
  const events = await customer.waitForAccepted(before + 3);
  const recipients = events.slice(before).map(({ mailingId, recipientId }) => [mailingId, recipientId]);
  const names = ['anna', 'bernd', 'carla'];
  expect(recipients.toSorted()).toEqual(names.map((name) => [42, `${name}@example.com`]));
}

describe('the example in', () => {
  const inPython = python ? it : it.skip;
  inPython(
    `Python publishes, one event a job${python ? '' : ' (skipped: no Python here has the package bullmq)'}`,
    async () => {
      const before = customer.acceptedEvents().length;
      const { redisUrl, queuePrefix } = platform.config;
      const ended = await run(python ?? '', 'publish.py', [redisUrl, queuePrefix]);
      expect(ended).toMatchObject({ code: 0 });
      await expectThreeMore(before);
    },
  );

  const inPhp = php ? it : it.skip;
  inPhp(`PHP publishes over HTTP${php ? '' : ' (skipped: there is no PHP here)'}`, async () => {
    const before = customer.acceptedEvents().length;
    const ended = await run(php ?? '', 'publishOverHttp.php', [`http://127.0.0.1:${platform.apiPort}`]);
    expect(ended).toEqual({ code: 0, output: '{"accepted":3,"rejected":[]}\n', complaints: '' });
    await expectThreeMore(before);
  });
});
