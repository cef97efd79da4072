import { describe, expect, it } from '@jest/globals';
import { runCli } from './cli.ts';

const ENVIRONMENT = { POSTRIDER_USER: 'anna', POSTRIDER_PASSWORD: 'secret', POSTRIDER_CLIENT: '7' };

/** Runs a command that never comes to ask the API. */
async function run(args: string, environment: Readonly<Record<string, string>> = ENVIRONMENT) {
  let [output, complaints] = ['', ''];
  const terminal = {
    canAsk: false,
    print: (text: string) => {
      output += text;
    },
    say: (line: string) => {
      complaints += `${line}\n`;
    },
    progress: () => undefined,
    readSecret: async () => '',
  };
  const words = args.split(' ').filter((word) => word !== '');
  const { signal } = new AbortController();
  const code = await runCli(words, { terminal, environment, signal, now: () => 0 });
  return { code, output, complaints };
}

describe('a command that is wrong', () => {
  it.each([
    ['', 'Usage: postrider'],
    ['webhooks', 'Usage: postrider webhooks'],
    ['webhooks remove 1', "unknown command 'remove'"],
    ['webhooks show', "missing required argument 'webhook'"],
    ['webhooks show first', "'first' is invalid for argument 'webhook'. It must be a positive integer."],
    ['webhooks create --type open', 'A new webhook needs --type and --target.'],
    ['webhooks create --type opened --target x', 'Allowed choices are open, click,'],
    ['webhooks create --type open --target x --rate 0', 'It must be a whole number from 1 to 1000.'],
    ['webhooks create --type open --target x --no-auth --key-auth X', 'Give one of --basic-auth'],
    ['webhooks create --type open --target x --sign-with /', 'give a file that is not there'],
    ['events send none.json', "none.json can't be read: there is no such file."],
    ['events send none.json --key a --again', 'Give --key or --again, not both.'],
    ['deliveries --from yesterday', 'It must be like 2026-03-01T12:00:00Z'],
    ['tail --interval 1', 'It must be a whole number from 200 to 60000.'],
    ['resend 1 --from 2026-03-01', 'Which events? Give --from and --to, or --event.'],
    ['listen 70000', 'It must be a whole number from 0 to 65535.'],
    ['pending --client 0', 'must be a positive integer, got "0"'],
    ['pending --password secret', "unknown option '--password'"],
  ])('%s ends with 2, and says why', async (args, reason) => {
    expect(await run(args)).toEqual({ code: 2, output: '', complaints: expect.stringContaining(reason) });
  });

  it('says all that is missing in the environment', async () => {
    const { code, complaints } = await run('pending', {});
    expect(code).toBe(2);
    expect(complaints).toMatch(/POSTRIDER_USER.*\n.*POSTRIDER_CLIENT/);
    const { POSTRIDER_PASSWORD: _, ...without } = ENVIRONMENT;
    expect((await run('pending', without)).complaints).toContain('POSTRIDER_PASSWORD is not set');
  });
});

it('helps who asks', async () => {
  expect(await run('--help')).toMatchObject({
    code: 0,
    output: expect.stringContaining('POSTRIDER_PASSWORD'),
  });
  const { output } = await run('webhooks create --help');
  expect(output).toMatch(/--sign-with <file>.*--help/s);
});
