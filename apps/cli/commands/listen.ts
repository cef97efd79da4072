import type { Command } from 'commander';
import type { Authentication } from '#libs/receiver/index.ts';
import { startListener } from '../listener.ts';
import { wholeNumber } from '../options.ts';
import { readSecretFile } from '../secretFile.ts';
import type { CliParts, GlobalOptions } from '../session.ts';
import { UsageError } from '../usage.ts';

interface ListenOptions {
  readonly host: string;
  readonly status: number;
  readonly delayMs: number;
  readonly full?: boolean;
  readonly basicAuth?: string;
  readonly keyAuth?: string;
  readonly signWith?: string;
}

const MAX_PORT = 65_535;
const MAX_DELAY_MS = 600_000;

/** Needs no API: it is what a customer has. */
export function addListenCommand(program: Command, parts: CliParts): void {
  program
    .command('listen')
    .description('a receiver on this machine, which prints what comes in, until Ctrl-C')
    .argument('<port>', '0: any that is free', wholeNumber(0, MAX_PORT))
    .option('--host <address>', 'where it listens', '127.0.0.1')
    .option('--status <code>', 'plays a bad customer: what it answers', wholeNumber(200, 599), 200)
    .option('--delay-ms <ms>', 'how long it takes to answer', wholeNumber(0, MAX_DELAY_MS), 0)
    .option('--full', 'print the events as they are, with the recipients in them')
    .option('--basic-auth <user>', 'takes only POSTs with this user, and the password from standard input')
    .option('--key-auth <header>', 'only those with this header, and its value from standard input')
    .option('--sign-with <file>', 'only those that are signed with the secret in this file')
    .action(async (port: number, options: ListenOptions, command: Command) => {
      const authentication = await authenticationOf(options, parts);
      const { json = false } = command.optsWithGlobals<GlobalOptions>();
      const listener = await startListener({ ...options, ...parts, port, authentication, isJson: json });
      await listener.ended;
    });
}

async function authenticationOf(
  { basicAuth, keyAuth, signWith }: ListenOptions,
  { terminal }: CliParts,
): Promise<Authentication> {
  if ([basicAuth, keyAuth, signWith].filter((option) => option !== undefined).length > 1) {
    throw new UsageError('Give one of --basic-auth, --key-auth and --sign-with.');
  }
  if (basicAuth !== undefined) {
    return {
      type: 'basicAuth',
      userName: basicAuth,
      password: await terminal.readSecret(`Password of ${basicAuth}`),
    };
  }
  if (keyAuth !== undefined) {
    return { type: 'keyAuth', key: keyAuth, passphrase: await terminal.readSecret(`Value of ${keyAuth}`) };
  }
  if (signWith !== undefined) return { type: 'standardWebhooks', secrets: [await readSecretFile(signWith)] };
  return { type: 'none' };
}
