import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { ConfigError, loadConfig } from '#libs/config/loadConfig.ts';
import { type ApiUser, ApiUserStore } from '#libs/store/apiUserStore.ts';
import { Database } from '#libs/store/database.ts';
import { StoreUnavailable } from '#libs/store/storeErrors.ts';
import { type Command, parseCommand, USAGE } from './parseCommand.ts';

/** `npm run api-user`: who may use the API, beside API_CREDENTIALS. Only passwords and lists go to standard output. */
const PASSWORD_BYTES = 24;
const MIN_OWN_CHARACTERS = 12;

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

class Refused extends Error {}

async function run(command: Command, users: ApiUserStore): Promise<void> {
  switch (command.kind) {
    case 'list':
      for (const user of await users.list()) process.stdout.write(`${describeUser(user)}\n`);
      return;
    case 'remove':
      if (!(await users.remove(command.name))) throw new Refused(`There is no user "${command.name}".`);
      return say(`Removed "${command.name}".`);
    case 'rotate': {
      const { password, show } = await newPassword(command.fromInput);
      const changed = await users.setPassword(command.name, password);
      if (!changed) throw new Refused(`There is no user "${command.name}".`);
      say(`Changed the password of "${command.name}".`);
      return show();
    }
    case 'add': {
      const { name, clientId } = command;
      const { password, show } = await newPassword(command.fromInput);
      const added = await users.add({ name, clientId, password });
      if (!added) throw new Refused(`There is a user "${name}" already: rotate or remove it.`);
      say(`Added "${name}" for ${clientId === null ? 'every client (operator)' : `client ${clientId}`}.`);
      return show();
    }
  }
}

/** A made one is shown once, when it is stored. */
async function newPassword(fromInput: boolean): Promise<{ password: string; show: () => void }> {
  if (!fromInput) {
    const password = randomBytes(PASSWORD_BYTES).toString('base64url');
    return { password, show: () => void process.stdout.write(`${password}\n`) };
  }
  const password = (await text(process.stdin)).replace(/\r?\n$/, '');
  if (password.length < MIN_OWN_CHARACTERS || /[\p{Cc}\p{Cs}]/u.test(password)) {
    throw new Refused(
      `A password must have at least ${MIN_OWN_CHARACTERS} characters, none of them a control.`,
    );
  }
  return { password, show: () => undefined };
}

function describeUser({ name, clientId, created, passwordChanged }: ApiUser): string {
  const scope = clientId === null ? 'operator' : `client ${clientId}`;
  const times = `created ${created.toISOString()}, password of ${passwordChanged.toISOString()}`;
  return `${name}  ${scope}  (${times})`;
}

async function main(): Promise<number> {
  const command = parseCommand(process.argv.slice(2));
  if (typeof command === 'string') {
    say(`${command}\n\n${USAGE}`);
    return 2;
  }
  const database = new Database(loadConfig(process.env));
  try {
    await run(command, new ApiUserStore({ database, now: () => new Date() }));
    return 0;
  } finally {
    await database.close();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  const isExpected =
    error instanceof Refused || error instanceof StoreUnavailable || error instanceof ConfigError;
  if (!isExpected) throw error;
  say(error.message);
  process.exitCode = error instanceof ConfigError ? 2 : 1;
}
