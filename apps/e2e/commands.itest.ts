import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { send } from '../api/tests/httpClient.ts';
import { type Platform, startPlatform } from './platform.ts';
import { type Ended, runProgram } from './runProgram.ts';
import { migratedSettings } from './settings.ts';

/** The commands for operators, as programs beside a running API. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const KEYS = [1, 2].map((byte) => Buffer.alloc(32, byte).toString('base64'));

let settings: Awaited<ReturnType<typeof migratedSettings>>;
let platform: Platform;

beforeAll(async () => {
  settings = { ...(await migratedSettings()), ENCRYPTION_KEY: `${KEYS[0]}` };
  platform = await startPlatform(settings);
});

afterAll(() => platform.stop());

function run(
  app: string,
  args: readonly string[],
  { input = '', ...more }: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const env = { ...settings, ...more };
  return runProgram(process.execPath, [`apps/${app}/main.ts`, ...args], { cwd: ROOT, env, input });
}

const list = async (auth: string) =>
  (await send(platform.apiPort, { method: 'GET', path: '/rest/7/webhooks', auth })).status;

describe('npm run api-user', () => {
  it('adds, lists, rotates and removes users of a running API', async () => {
    const added = await run('apiUser', ['add', 'nora', '--client', '7']);
    expect(added).toMatchObject({ code: 0, complaints: 'Added "nora" for client 7.\n' });
    const first = added.output.trim();
    expect(first).toMatch(/^[\w-]{32}$/);
    expect(await list(`nora:${first}`)).toBe(200);
    const rotated = await run('apiUser', ['rotate', 'nora']);
    expect(await list(`nora:${rotated.output.trim()}`)).toBe(200);
    const listed = await run('apiUser', ['list']);
    expect(listed.output).toMatch(/^nora {2}client 7 {2}\(created .*Z, password of .*Z\)\n$/);
    expect(await run('apiUser', ['remove', 'nora'])).toMatchObject({ code: 0 });
    expect((await run('apiUser', ['list'])).output).toBe('');
  });

  it('takes a password from standard input, and then prints none', async () => {
    const input = 'a password of mine\n';
    const added = await run('apiUser', ['add', 'otto', '--operator', '--password-stdin'], { input });
    expect(added).toMatchObject({ code: 0, output: '' });
    expect(await list('otto:a password of mine')).toBe(200);
    const short = await run('apiUser', ['rotate', 'otto', '--password-stdin'], { input: 'short\n' });
    expect(short).toMatchObject({ code: 1, output: '', complaints: expect.stringContaining('at least 12') });
  });

  it('says kindly what is wrong', async () => {
    await run('apiUser', ['add', 'paul', '--client', '7']);
    for (const [args, code, complaint] of [
      [['add', 'paul', '--client', '8'], 1, 'There is a user "paul" already'],
      [['remove', 'nobody'], 1, 'There is no user "nobody"'],
      [['rotate', 'nobody'], 1, 'There is no user "nobody"'],
      [['add', 'paul'], 2, 'Usage: npm run api-user'],
    ] as const) {
      const ended = await run('apiUser', args);
      expect(ended).toMatchObject({ code, output: '', complaints: expect.stringContaining(complaint) });
      expect(ended.complaints).not.toContain('    at ');
    }
    const away = await run('apiUser', ['list'], { DATABASE_URL: 'mysql://a:secret@127.0.0.1:1/x' });
    expect(away).toMatchObject({ code: 1, complaints: expect.stringContaining('MySQL is not reachable') });
    expect(away.complaints).not.toContain('secret');
  });
});

describe('npm run rotate-keys', () => {
  it('encrypts with the new key, and says when the old one is no longer needed', async () => {
    const webhook = await platform.api.create(7, {
      type: 'open',
      targetUrl: 'http://127.0.0.1:1/',
      authentication: { type: 'basicAuth', userName: 'a', password: 'b' },
    });
    expect(webhook.id).toBeGreaterThan(0);
    const without = await run('rotateKeys', [], { ENCRYPTION_KEY: `${KEYS[1]}` });
    expect(without).toMatchObject({ code: 1, output: expect.stringContaining(`webhooks: ${webhook.id}.`) });
    const both = await run('rotateKeys', [], { ENCRYPTION_KEY: KEYS.toReversed().join() });
    expect(both).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^1 of 1 webhooks looked at, 1 secrets encrypted anew\nDone\. /),
    });
    const again = await run('rotateKeys', [], { ENCRYPTION_KEY: `${KEYS[1]}` });
    expect(again).toMatchObject({ code: 0, output: expect.stringContaining('0 secrets') });
  });
});
