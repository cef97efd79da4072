import type { Command } from 'commander';
import { createCall } from '#libs/apiClient/call.ts';
import { type Api, createApi, type WebhookRef } from '#libs/apiClient/operations.ts';
import { type ConnectionOptions, connectionOf, type Environment } from './connection.ts';
import { safeJson } from './render/safeText.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage.ts';

export interface CliParts {
  readonly terminal: Terminal;
  readonly environment: Environment;
  /** Somebody wants it to end. */
  readonly signal: AbortSignal;
  /** Epoch ms. */
  readonly now: () => number;
}

/** What every command has, wherever its options come from. */
export interface Session extends CliParts {
  readonly api: Api;
  readonly clientId: number;
  /** Prints a value as JSON, or as a text for people. */
  show(value: unknown, forPeople: () => string): void;
  readonly isJson: boolean;
  webhook(id: number): WebhookRef;
}

export interface GlobalOptions extends ConnectionOptions {
  readonly json?: boolean;
}

export type OpenSession = (command: Command) => Promise<Session>;

export function sessionOpener(parts: CliParts): OpenSession {
  const { terminal, environment, signal } = parts;
  return async (command) => {
    const options = command.optsWithGlobals<GlobalOptions>();
    const { baseUrl, user, clientId, warning, ...known } = connectionOf(options, environment);
    if (warning !== null) terminal.say(warning);
    const password = known.password ?? (await askPassword(terminal, user));
    const credentials = Buffer.from(`${user}:${password}`).toString('base64');
    const headers = { Authorization: `Basic ${credentials}` };
    const call = createCall({ baseUrl, headers, credentials: 'omit' });
    const isJson = options.json === true;
    return {
      ...parts,
      api: createApi((request) => call({ ...request, signal: request.signal ?? signal })),
      clientId,
      isJson,
      show: (value, forPeople) => terminal.print(isJson ? safeJson(value, 2) : forPeople()),
      webhook: (id) => ({ clientId, id }),
    };
  };
}

async function askPassword(terminal: Terminal, user: string): Promise<string> {
  if (!terminal.canAsk) {
    throw new UsageError('POSTRIDER_PASSWORD is not set, and there is no terminal to ask for it.');
  }
  return terminal.readSecret(`Password of ${user}`);
}
