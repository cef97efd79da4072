import type { BacklogSink } from '#libs/backlog/sink.ts';
import type { ChangeFeed } from '#libs/directory/changes.ts';
import type { StatusChange } from '#libs/domain/webhook.ts';
import type { WebhookFields, WebhookStore } from '#libs/store/webhookStore.ts';
import { type Script, startCustomer } from '#libs/testing/customer.ts';
import { numbered, numbersOf } from './numbered.ts';

const CLIENT_ID = 70_001;

/** An activated webhook in MariaDB, and its endpoint. */
export async function makeFixtureWebhook(parts: {
  store: WebhookStore;
  feed: ChangeFeed;
  sink: BacklogSink;
  script: Script;
  fields: Partial<WebhookFields>;
}) {
  const { store, feed, sink, script, fields } = parts;
  const customer = await startCustomer({ script });
  const targetUrl = customer.url;
  const created = await store.create(CLIENT_ID, { type: 'open', format: 'json', targetUrl, ...fields });
  if (created.kind !== 'created') throw new Error(created.kind);
  const { id } = created.webhook;
  const ref = { clientId: CLIENT_ID, id };
  const announce = () => feed.announce({ clientId: CLIENT_ID, webhookId: id });
  const webhook = {
    id,
    customer,
    /** As the API does it, but for the wake-up. */
    async change(change: StatusChange) {
      await (change === 'delete' ? store.remove(ref) : store.changeStatus(ref, change));
      await announce();
    },
    async update(next: Partial<WebhookFields>) {
      await store.update(ref, { type: 'open', format: 'json', targetUrl, ...next });
      await announce();
    },
    /** Events with these numbers in one chunk, as the router appends them. */
    append: (numbers: readonly number[], { created: at = Date.now(), wakeAlways = false } = {}) =>
      sink.append([{ webhookId: id, events: numbers.map((n) => numbered(n, at)) }], { wakeAlways }),
    /** The numbers of the events of each POST, in the order of their arrival. */
    batches: () => customer.requests.map(numbersOf),
  };
  await webhook.change('activate');
  return webhook;
}

export type FixtureWebhook = Awaited<ReturnType<typeof makeFixtureWebhook>>;
