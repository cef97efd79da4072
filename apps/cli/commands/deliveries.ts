import type { Command } from 'commander';
import type { Webhook } from '#libs/apiClient/answers.ts';
import type { DeliveryQuery } from '#libs/apiClient/operations.ts';
import { outcomeOption, parseId, timeOption, wholeNumber } from '../options.ts';
import { renderDeliveries, type Transmission, whereIsIt, withoutBody } from '../render/deliveries.ts';
import type { OpenSession, Session } from '../session.ts';

interface DeliveryOptions {
  readonly webhook?: number;
  readonly event?: string;
  readonly outcome?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit: number;
  readonly bodies?: boolean;
}

const MAX_ITEMS = 1_000;
const DEFAULT_ITEMS = 20;
/** A page of a search takes the API a second at most. */
const MAX_PAGES = 60;
const MS_PER_HOUR = 3_600_000;

export function addDeliveryCommands(program: Command, open: OpenSession): void {
  program
    .command('deliveries')
    .description('what became of each POST; with --event: where that event is')
    .option('--webhook <id>', "only this webhook's", parseId)
    .option('--event <id>', 'those that carried an event with this id, mailId or recipientId')
    .addOption(outcomeOption(['delivered', 'failed']))
    .addOption(timeOption('--from <time>', 'POSTs that began then or later'))
    .addOption(timeOption('--to <time>', 'and before'))
    .option('--limit <number>', 'how many of each webhook', wholeNumber(1, MAX_ITEMS), DEFAULT_ITEMS)
    .option('--bodies', 'with --json: what targets answered, too, which may repeat what they got')
    .action(async (options: DeliveryOptions, command) => {
      const session = await open(command);
      const webhooks = await webhooksOf(session, options.webhook);
      const found: { webhook: Webhook; deliveries: Transmission['delivery'][] }[] = [];
      for (const webhook of webhooks)
        found.push({ webhook, deliveries: await search(session, webhook, options) });
      const all = found.flatMap(({ webhook: { id }, deliveries }) =>
        deliveries.map((delivery) => ({ webhookId: id, delivery })),
      );
      const newestFirst = all.toSorted((a, b) => b.delivery.at.localeCompare(a.delivery.at));
      const shown = newestFirst.map(({ webhookId, delivery }) => {
        return { webhookId, ...(options.bodies ? delivery : withoutBody(delivery)) };
      });
      const verdicts = options.event === undefined ? [] : await judge(session, found);
      session.show(shown, () => [...verdicts, renderDeliveries(newestFirst)].join('\n'));
    });
}

/** The one that is asked for, or all of the client. */
export async function webhooksOf(
  { api, clientId, webhook }: Session,
  id?: number,
): Promise<readonly Webhook[]> {
  return id === undefined ? api.listWebhooks(clientId) : [await api.getWebhook(webhook(id))];
}

/** The newest ones of a webhook. A search goes on while it has not come to its end. */
async function search(
  { api, webhook, terminal }: Session,
  { id }: Webhook,
  { event, outcome, from, to, limit }: DeliveryOptions,
): Promise<Transmission['delivery'][]> {
  const query: DeliveryQuery = { outcome, from, to, search: event, limit };
  const found: Transmission['delivery'][] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const { items, nextCursor } = await api.listDeliveries(webhook(id), { ...query, cursor });
    found.push(...items);
    if (nextCursor === null || found.length >= limit) return found.slice(0, limit);
    cursor = nextCursor;
  }
  terminal.say(
    `Webhook ${id} has very many deliveries, and not all were looked at: --from and --to make it short.`,
  );
  return found;
}

/** A sentence for each webhook that has something to do with the event. */
async function judge(
  { api, webhook: refOf, now }: Session,
  found: readonly { readonly webhook: Webhook; readonly deliveries: readonly Transmission['delivery'][] }[],
): Promise<string[]> {
  const sentences: string[] = [];
  for (const { webhook, deliveries } of found) {
    const range = { from: isoOf(now() - MS_PER_HOUR), to: isoOf(now()) };
    const statistics = await api.readStatistics(refOf(webhook.id), range);
    if (deliveries.length > 0 || statistics.pending > 0) {
      sentences.push(whereIsIt(webhook, deliveries, statistics, now()));
    }
  }
  return sentences;
}

function isoOf(at: number): string {
  return new Date(at).toISOString();
}
