import { type Command, Option } from 'commander';
import { EVENT_TYPES } from '#libs/apiClient/answers.ts';
import { parseId, wholeNumber } from '../options.ts';
import { renderVerification, renderWebhook, renderWebhooks } from '../render/webhooks.ts';
import { withSecretFile } from '../secretFile.ts';
import type { OpenSession, Session } from '../session.ts';
import { Refused, UsageError } from '../usage.ts';
import { type FieldOptions, fieldsOf } from './webhookFields.ts';

const MAX_SAMPLES = 100;
const MAX_RATE = 1_000;

/** Where events are sent: list, try out and change. */
export function addWebhookCommands(program: Command, open: OpenSession): void {
  const webhooks = program.command('webhooks').description('where events are sent: list, try out, change');
  webhooks
    .command('list')
    .description('all of the client')
    .action(async (_options, command) => {
      const { api, clientId, show } = await open(command);
      const all = await api.listWebhooks(clientId);
      show(all, () => renderWebhooks(all));
    });
  webhooks
    .command('show')
    .description('one of them')
    .argument('<webhook>', 'its id', parseId)
    .action(async (id: number, _options, command) => {
      const { api, webhook, show } = await open(command);
      const found = await api.getWebhook(webhook(id));
      show(found, () => renderWebhook(found));
    });
  addChanges(webhooks, open);
  addVerify(webhooks, open);
  addStatusChanges(webhooks, open);
}

function addChanges(webhooks: Command, open: OpenSession): void {
  withFields(
    webhooks.command('create').description('a new one, which gets no events before it is activated'),
  ).action(async (options: FieldOptions, command) => {
    if (options.type === undefined || options.target === undefined) {
      throw new UsageError('A new webhook needs --type and --target.');
    }
    const session = await open(command);
    const { api, clientId } = session;
    await change(session, options, (fields) => api.createWebhook(clientId, fields));
  });
  withFields(
    webhooks
      .command('update')
      .description('what is not given stays')
      .argument('<webhook>', 'its id', parseId),
  ).action(async (id: number, options: FieldOptions, command) => {
    const session = await open(command);
    const { api, webhook } = session;
    const { type, targetUrl: target } = await api.getWebhook(webhook(id));
    await change(session, { type, target, ...options }, (fields) => api.updateWebhook(webhook(id), fields));
  });
}

function withFields(command: Command): Command {
  return command
    .addOption(new Option('--type <type>', 'the events that it gets').choices([...EVENT_TYPES]))
    .option('--target <url>', 'where they are sent')
    .option('--rate <number>', 'how many POSTs a second it gets at most, or "none"', parseRate)
    .option('--basic-auth <user>', 'the POSTs have this user, and a password from standard input')
    .option('--key-auth <header>', 'they have this header, and its value from standard input')
    .option(
      '--sign-with <file>',
      'they are signed; the new secret is written to this file, which must not exist',
    )
    .option('--no-auth', 'they have nothing of that');
}

const parseRate = (text: string) => (text === 'none' ? null : wholeNumber(1, MAX_RATE)(text));

async function change(
  { terminal, show }: Session,
  options: FieldOptions,
  send: (fields: Awaited<ReturnType<typeof fieldsOf>>) => ReturnType<Session['api']['getWebhook']>,
): Promise<void> {
  const fields = await fieldsOf(options, terminal.readSecret);
  const changed = await withSecretFile(options.signWith, () => send(fields));
  show(changed, () => renderWebhook(changed));
}

function addVerify(webhooks: Command, open: OpenSession): void {
  webhooks
    .command('verify')
    .description('sends sample events to its target, once, and shows the answer')
    .argument('<webhook>', 'its id', parseId)
    .option('--mailing <id>', 'the mailing of the sample events', parseId, 1)
    .option('--events <number>', 'how many of them', wholeNumber(1, MAX_SAMPLES), 1)
    .action(async (id: number, options: { mailing: number; events: number }, command) => {
      const { api, webhook, show } = await open(command);
      const query = { mailingId: String(options.mailing), numberOfEvents: String(options.events) };
      const verification = await api.verifyWebhook(webhook(id), query);
      show(verification, () => renderVerification(verification));
      if (verification.httpStatusCode !== 200) throw new Refused('It takes events only when it answers 200.');
    });
}

function addStatusChanges(webhooks: Command, open: OpenSession): void {
  const changes = {
    activate: 'begins to collect and deliver events',
    deactivate: 'ends both at once; what is pending waits',
  } as const;
  for (const [change, about] of Object.entries(changes) as [keyof typeof changes, string][]) {
    webhooks
      .command(change)
      .description(about)
      .argument('<webhook>', 'its id', parseId)
      .action(async (id: number, _options, command) => {
        const { api, webhook, show } = await open(command);
        const changed = await api.changeStatus(webhook(id), change);
        show(changed, () => `Webhook ${id} is ${changed.status}.`);
      });
  }
  webhooks
    .command('delete')
    .description('drops what is pending; not while it is activated')
    .argument('<webhook>', 'its id', parseId)
    .action(async (id: number, _options, command) => {
      const { api, webhook, show } = await open(command);
      await api.removeWebhook(webhook(id));
      show({ id, status: 'deleted' }, () => `Webhook ${id} is deleted.`);
    });
}
