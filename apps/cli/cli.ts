import { Command, CommanderError } from 'commander';
import { ApiError } from '#libs/apiClient/apiError.ts';
import { addDeliveryCommands } from './commands/deliveries.ts';
import { addEventCommands } from './commands/events.ts';
import { addListenCommand } from './commands/listen.ts';
import { addPendingCommand } from './commands/pending.ts';
import { addResendCommand } from './commands/resend.ts';
import { addTailCommand } from './commands/tail.ts';
import { addWebhookCommands } from './commands/webhooks.ts';
import { explain } from './render/explain.ts';
import { type CliParts, sessionOpener } from './session.ts';
import { EXIT, Refused, UsageError } from './usage.ts';

const ENVIRONMENT = `
Environment:
  POSTRIDER_URL       where the API is (default: http://localhost:3000)
  POSTRIDER_USER      a user of the API
  POSTRIDER_PASSWORD  its password; asked for at a terminal, and never an option, which others could see
  POSTRIDER_CLIENT    the client whose webhooks and events are meant

Exit codes: 0 done, 1 refused or failed, 2 asked for wrongly.
docs/cli.md has examples.`;

/** Runs one command of the command line. Returns its exit code. */
export async function runCli(args: readonly string[], parts: CliParts): Promise<number> {
  const { terminal } = parts;
  try {
    await createProgram(parts).parseAsync([...args], { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    terminal.progress('');
    if (parts.signal.aborted && !(error instanceof Refused)) {
      terminal.say('Stopped.');
      return EXIT.refused;
    }
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (error instanceof UsageError) {
      terminal.say(error.message);
      return EXIT.usage;
    }
    const isExpected = error instanceof Refused || error instanceof ApiError;
    if (!isExpected) throw error;
    terminal.say(explain(error));
    return EXIT.refused;
  }
}

function createProgram(parts: CliParts): Command {
  const { terminal } = parts;
  const program = new Command('postrider')
    .description("Postrider's public API at a terminal.")
    .option('--url <url>', 'where the API is, in place of POSTRIDER_URL')
    .option('--user <name>', 'in place of POSTRIDER_USER')
    .option('--client <id>', 'in place of POSTRIDER_CLIENT')
    .option('--json', 'print JSON, for scripts')
    .addHelpText('after', ENVIRONMENT)
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(add --help for what there is)')
    .exitOverride()
    .configureOutput({ writeOut: terminal.print, writeErr: (text) => terminal.say(text.trimEnd()) });
  const open = sessionOpener(parts);
  addWebhookCommands(program, open);
  addEventCommands(program, open);
  addPendingCommand(program, open);
  addTailCommand(program, open);
  addDeliveryCommands(program, open);
  addResendCommand(program, open);
  addListenCommand(program, parts);
  return program;
}
