import { parseArgs } from 'node:util';

export type Command =
  | {
      readonly kind: 'add';
      readonly name: string;
      readonly clientId: number | null;
      readonly fromInput: boolean;
    }
  | { readonly kind: 'rotate'; readonly name: string; readonly fromInput: boolean }
  | { readonly kind: 'remove'; readonly name: string }
  | { readonly kind: 'list' };

export const USAGE = `Usage: npm run api-user -- COMMAND

  add NAME --client ID    a user for the webhooks of one client; prints a new password
  add NAME --operator     a user for every client, the dashboard and the queues
  rotate NAME             prints a new password; the old one ends within 30 seconds
  remove NAME             ends within 30 seconds
  list

  --password-stdin        with add and rotate: takes the password from standard input instead
`;

const MAX_NAME_CHARACTERS = 255;

/** Pure. A text says what is wrong. */
export function parseCommand(args: readonly string[]): Command | string {
  const options = {
    client: { type: 'string' },
    operator: { type: 'boolean', default: false },
    'password-stdin': { type: 'boolean', default: false },
  } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    return toCommand(positionals, values);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

interface Options {
  readonly client?: string | undefined;
  readonly operator: boolean;
  readonly 'password-stdin': boolean;
}

function toCommand([kind, name = '', ...more]: readonly string[], options: Options): Command | string {
  if (more.length > 0) return `There is one thing too many: ${more.join(' ')}`;
  if (kind === 'list') return { kind };
  if (kind !== 'add' && kind !== 'rotate' && kind !== 'remove') return 'Say add, rotate, remove or list.';
  // HTTP Basic ends the name at the first colon.
  if (name === '' || name.length > MAX_NAME_CHARACTERS || /[:\p{Cc}\p{Cs}]/u.test(name)) {
    return `NAME must have 1 to ${MAX_NAME_CHARACTERS} characters, without a colon or control characters.`;
  }
  const fromInput = options['password-stdin'];
  if (kind === 'remove') return { kind, name };
  if (kind === 'rotate') return { kind, name, fromInput };
  if (options.operator === (options.client !== undefined)) return 'Say either --client ID or --operator.';
  const clientId = options.operator ? null : Number(options.client);
  if (clientId !== null && !(Number.isSafeInteger(clientId) && clientId > 0)) {
    return `--client must be a positive integer, got ${options.client}`;
  }
  return { kind, name, clientId, fromInput };
}
