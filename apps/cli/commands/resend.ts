import type { Command } from 'commander';
import { plural } from '#libs/apiClient/format.ts';
import type { Choice } from '#libs/apiClient/operations.ts';
import { outcomeOption, parseId, timeOption } from '../options.ts';
import type { OpenSession } from '../session.ts';
import { UsageError } from '../usage.ts';

interface ResendOptions {
  readonly from?: string;
  readonly to?: string;
  readonly event?: readonly string[];
  readonly outcome?: 'discarded' | 'delivered';
}

export function addResendCommand(program: Command, open: OpenSession): void {
  program
    .command('resend')
    .description('queues events again that were discarded, or archived')
    .argument('<webhook>', 'its id', parseId)
    .addOption(timeOption('--from <time>', 'events that were created then or later'))
    .addOption(timeOption('--to <time>', 'and before'))
    .option('--event <id...>', 'or those with these ids')
    .addOption(outcomeOption(['discarded', 'delivered']))
    .action(async (id: number, options: ResendOptions, command) => {
      const choice = choiceOf(options);
      const { api, webhook, show } = await open(command);
      const events = await api.resendAll(webhook(id), choice);
      show({ events }, () => `${plural(events, 'event')} queued again.`);
    });
}

function choiceOf({ from, to, event, outcome }: ResendOptions): Choice {
  const more = outcome === undefined ? {} : { outcome };
  if (event !== undefined && from === undefined && to === undefined) return { eventIds: event, ...more };
  if (event === undefined && from !== undefined && to !== undefined) return { from, to, ...more };
  throw new UsageError('Which events? Give --from and --to, or --event.');
}
