import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { makeEvents } from '#libs/testing/fixtures.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { Cli, type RunningCli } from './cliProcess.ts';
import { type Platform, startPlatform } from './platform.ts';
import { newClientId, OPERATOR } from './settings.ts';

/** The command line as a program of its own, over a real API, worker, MariaDB and Redis. */
let platform: Platform;
let folder: string;
let running: RunningCli[] = [];

beforeAll(async () => {
  platform = await startPlatform();
  folder = await mkdtemp(join(tmpdir(), 'postrider-cli-'));
});
afterEach(async () => {
  for (const each of running) await each.stop();
  running = [];
});
afterAll(async () => {
  await platform.stop();
  await rm(folder, { recursive: true });
});

function newCli(): Cli & { readonly clientId: number } {
  const clientId = newClientId();
  const [user = '', password = ''] = OPERATOR.split(':');
  const cli = new Cli({
    POSTRIDER_URL: `http://127.0.0.1:${platform.apiPort}`,
    POSTRIDER_USER: user,
    POSTRIDER_PASSWORD: password,
    POSTRIDER_CLIENT: String(clientId),
  });
  return Object.assign(cli, { clientId });
}

/** Until the end of the test. */
function begin(cli: Cli, args: string): RunningCli {
  const begun = cli.begin(args);
  running.push(begun);
  return begun;
}

async function listen(cli: Cli, options = ''): Promise<{ url: string; listener: RunningCli }> {
  const listener = begin(cli, `listen 0 ${options}`);
  const [, url = ''] = await listener.complains(/Waiting for events on (\S+)/);
  return { url, listener };
}

const recipient = 'whoever@example.com';
const sum = (texts: readonly string[]) =>
  texts.reduce((total, text) => total + Number(text.replace(',', '')), 0);

describe('the command line', () => {
  it('has a webhook made, tried, activated and fed, and shows what becomes of its events', async () => {
    const cli = newCli();
    const { url, listener } = await listen(cli);
    const { id } = await cli.json(`webhooks create --type open --target ${url}opens`);
    const verified = await cli.run(`webhooks verify ${id} --events 2`);
    expect(verified).toMatchObject({ code: 0, output: `${url}opens answered 200 to 2 sample events\n` });
    const tail = begin(cli, 'tail --interval 200');
    await tail.prints(/^TIME +WEBHOOK/);
    expect(await cli.run(`webhooks activate ${id}`)).toMatchObject({
      output: `Webhook ${id} is activated.\n`,
    });

    const file = join(folder, 'events.ndjson');
    const events = makeEvents(2_500, { clientId: cli.clientId, recipientId: recipient });
    events[1_016] = { ...events[1_016], type: 'open', created: 1, clientId: 1 };
    await writeFile(file, events.map((event) => JSON.stringify(event)).join('\n'));
    // The second time changes nothing.
    for (const _time of [1, 2]) {
      expect(await cli.run(`events send ${file}`)).toEqual({
        code: 1,
        output: expect.stringMatching(
          /^2,499 accepted, 1 rejected\n {2}line 1017: "clientId" must be \d+, .*\n$/,
        ),
        complaints: 'What was rejected is not queued.\n',
      });
    }

    // What comes after them shows that nothing of them comes any more.
    const last = JSON.stringify(makeEvents(1, { clientId: cli.clientId }));
    await cli.run('events send -', { input: last });
    await waitUntil(() => sum(tail.columns(4)) >= 2_500, { what: 'all deliveries at the tail' });
    expect(sum(tail.columns(4))).toBe(2_500);
    expect(listener.output.match(/^ {2}open {2}client/gm)).toHaveLength(2_500 + 2);
    expect(tail.output).toMatch(new RegExp(`^\\d\\d:\\d\\d:\\d\\d +${id} +delivered +200 `, 'm'));

    const where = `deliveries --event ${events[7]?.id}`;
    const found = await cli.run(where);
    expect(found.output).toMatch(new RegExp(`^Webhook ${id}: it was delivered at .*, attempt 1\\.\nTIME`));
    expect(await cli.json(where)).toEqual([expect.objectContaining({ webhookId: id, outcome: 'delivered' })]);
    expect(await cli.run('pending')).toMatchObject({ code: 0, output: 'Nothing waits.\n' });
    tail.send('SIGINT');
    expect(await tail.ended).toBe(0);
    for (const { output } of [found, tail, listener]) expect(output).not.toContain(recipient);
  });

  it('plays a bad customer, and says what waits, why, and where an event is', async () => {
    const cli = newCli();
    const { url, listener } = await listen(cli, '--status 503 --delay-ms 10 --json --full');
    const { id } = await cli.json(`webhooks create --type click --target ${url}`);
    await cli.run(`webhooks activate ${id}`);
    const event = {
      type: 'click',
      clientId: cli.clientId,
      created: Date.now(),
      mailId: 'mail-1',
      id: 'click-1',
    };
    expect(await cli.json('events send -', { input: JSON.stringify([event]) })).toEqual({
      accepted: 1,
      rejected: [],
    });
    await listener.prints(/"attempt":2/);
    const first = JSON.parse(listener.output.split('\n')[0] ?? '');
    expect(first).toMatchObject({ status: 503, path: '/', events: 1, fresh: [{ ...event, attempt: 1 }] });

    const waits = await cli.run('pending');
    expect(waits.output).toMatch(new RegExp(` ${id} +click +activated +1 .*503`));
    const where = async () => (await cli.run('deliveries --event mail-1')).output;
    await waitUntil(async () => (await where()).includes('not delivered'), { what: 'the log' });
    expect(await where()).toMatch(/carried it, .*: 503\. It is tried again/);
    expect(await cli.run(`webhooks delete ${id}`)).toMatchObject({ code: 1, output: '' });
    await cli.run(`webhooks deactivate ${id}`);
    expect(await where()).toContain('The webhook is deactivated: nothing is tried.');
    const resent = await cli.run(`resend ${id} --event click-1`);
    expect(resent).toMatchObject({ code: 1, complaints: expect.stringContaining('activate') });
    expect(await cli.run(`webhooks delete ${id}`)).toMatchObject({
      code: 0,
      output: `Webhook ${id} is deleted.\n`,
    });
  });

  it('lets no secret be seen', async () => {
    const cli = newCli();
    const path = join(folder, 'secret');
    const made = await cli.run(
      `webhooks create --type sent --target http://127.0.0.1:1/ --sign-with ${path}`,
    );
    expect(made).toMatchObject({ code: 0, output: expect.stringMatching(/authentication +signed/) });
    const secret = (await readFile(path, 'utf8')).trim();
    expect(secret).toMatch(/^whsec_/);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(made.output).not.toContain(secret);

    const [webhook] = await cli.json('webhooks list');
    const { url, listener } = await listen(cli, `--sign-with ${path}`);
    await cli.run(`webhooks update ${webhook.id} --target ${url} --rate 5`);
    expect(await cli.run(`webhooks verify ${webhook.id}`)).toMatchObject({ code: 0 });
    const protect = `webhooks update ${webhook.id} --basic-auth postrider`;
    const protectedOne = await cli.run(protect, { input: 'open sesame\n' });
    expect(protectedOne.output).toMatch(/authentication +basic, postrider\nrequests +at most 5 a second/);
    expect(await cli.run(`webhooks verify ${webhook.id}`)).toMatchObject({
      code: 1,
      output: `${url} answered 401 to 1 sample event\n`,
    });
    for (const { output } of [protectedOne, listener]) expect(output).not.toMatch(/sesame|whsec_/);
  });

  it('ends at Ctrl-C, whatever it waits for', async () => {
    const cli = newCli();
    const { url, listener } = await listen(cli, '--delay-ms 600000');
    const { id } = await cli.json(`webhooks create --type open --target ${url}`);
    const verifying = begin(cli, `webhooks verify ${id}`);
    await listener.prints(/1 event/);
    verifying.send('SIGINT');
    expect(await verifying.ended).toBe(1);
    expect(verifying.complaints).toBe('Stopped.\n');
  });

  it.each([
    ['webhooks create --type open --target ftp://example.com', 'targetUrl must begin with https://'],
    ['webhooks show 999999', 'See which there are: webhooks list'],
    ['pending --url http://127.0.0.1:2', 'The server does not answer. (ECONNREFUSED)'],
    ['pending --user nobody', 'Check POSTRIDER_USER and POSTRIDER_PASSWORD.'],
  ])('%s ends with 1, and says why', async (args, reason) => {
    const ended = await newCli().run(args);
    expect(ended).toMatchObject({ code: 1, output: '', complaints: expect.stringContaining(reason) });
    expect(ended.complaints).not.toMatch(/sesame|^ {4}at /m);
  });
});
