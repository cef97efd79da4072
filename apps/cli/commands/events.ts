import { createReadStream } from 'node:fs';
import { stdin } from 'node:process';
import type { Command } from 'commander';
import { count } from '#libs/apiClient/format.ts';
import { safeText } from '../render/safeText.ts';
import { batchesOf } from '../send/batches.ts';
import { linesOf, readEvents } from '../send/eventFile.ts';
import { keyNaming } from '../send/keys.ts';
import { type Report, sendAll } from '../send/sendAll.ts';
import type { OpenSession, Session } from '../session.ts';
import { Refused, UsageError } from '../usage.ts';

interface SendOptions {
  readonly key?: string;
  readonly again?: boolean;
}

const MAX_SHOWN = 20;
/** The rest of 255 characters is for the number of a request. */
const KEY = /^[\x21-\x7e]{1,200}$/;

export function addEventCommands(program: Command, open: OpenSession): void {
  program
    .command('events')
    .description('into the queues')
    .command('send')
    .description(
      'queues the events of a file: a JSON array, { "events": [ … ] }, or an event a line (NDJSON)',
    )
    .argument('<file>', 'its path; "-": standard input')
    .option('--key <name>', 'the name of this delivery: under the same, nothing is queued twice within a day')
    .option('--again', 'queue them though the same file was sent within a day')
    .action(async (path: string, options: SendOptions, command) => {
      const nameKey = keyNaming(checked(options));
      const session = await open(command);
      const input = path === '-' ? stdin : createReadStream(path).on('error', () => undefined);
      const events = readEvents(linesOf(input));
      const report = await sendAll(batchesOf(events), { ...partsOf(session), nameKey }).catch(
        asRefused(path),
      );
      session.terminal.progress('');
      session.show(report, () => renderReport(report));
      if (report.rejected.length > 0) throw new Refused('What was rejected is not queued.');
    });
}

function checked(options: SendOptions): SendOptions {
  if (options.key !== undefined && options.again) throw new UsageError('Give --key or --again, not both.');
  if (options.key === undefined || KEY.test(options.key)) return options;
  throw new UsageError('--key must have 1 to 200 characters of ASCII, and no spaces.');
}

function partsOf({ api, clientId, terminal, signal }: Session) {
  return {
    queue: (lines: readonly string[], key: string) => api.queueEvents(clientId, { lines, key }),
    signal,
    say: terminal.say,
    onProgress: ({ accepted, rejected }: Report) => {
      const refused = rejected.length === 0 ? '' : `, ${count(rejected.length)} rejected`;
      terminal.progress(`${count(accepted)} accepted${refused} …`);
    },
  };
}

function renderReport({ accepted, rejected }: Report): string {
  const lines = rejected.slice(0, MAX_SHOWN).map(({ place, reason }) => `  ${place}: ${safeText(reason)}`);
  const more = rejected.length - lines.length;
  return [
    `${count(accepted)} accepted, ${count(rejected.length)} rejected`,
    ...lines,
    ...(more > 0 ? [`  and ${count(more)} more (--json has all)`] : []),
  ].join('\n');
}

/** A file that can't be read. */
function asRefused(path: string): (error: unknown) => never {
  return (error) => {
    const { code, syscall } = Object(error) as { code?: unknown; syscall?: unknown };
    if (code === undefined || syscall === undefined) throw error;
    const reason = code === 'ENOENT' ? 'there is no such file' : String(code);
    throw new UsageError(`${path} can't be read: ${reason}.`);
  };
}
