import { useState } from 'preact/hooks';
import type { Statistics, Webhook } from '#libs/apiClient/answers.ts';
import { isNotThere, messageOf } from '#libs/apiClient/apiError.ts';
import type { WebhookRef } from '#libs/apiClient/operations.ts';
import { getWebhook, readStatistics } from '../api/webhooks.ts';
import { healthOf } from '../lib/health.ts';
import { RANGES, rangeOf } from '../lib/hours.ts';
import { Link } from '../lib/navigation.tsx';
import { usePoll } from '../lib/usePoll.ts';
import { Actions } from '../parts/Actions.tsx';
import { Audit } from '../parts/Audit.tsx';
import { Deliveries } from '../parts/Deliveries.tsx';
import { Facts } from '../parts/Facts.tsx';
import { Hours } from '../parts/Hours.tsx';
import { Empty, Trouble } from '../parts/Notice.tsx';
import { PageTitle } from '../parts/PageTitle.tsx';

const POLL_MS = 4_000;

interface Seen {
  readonly webhook: Webhook;
  /** Null: this server has none. */
  readonly statistics: Statistics | null;
}

async function look(ref: WebhookRef, hours: number, signal: AbortSignal): Promise<Seen> {
  const [webhook, statistics] = await Promise.all([
    getWebhook(ref, signal),
    readStatistics(ref, rangeOf(hours, Date.now()), signal).catch((error: unknown) => {
      if (isNotThere(error)) return null;
      throw error;
    }),
  ]);
  return { webhook, statistics };
}

/** All about one webhook: how it stands, what it has sent, and what can be done. */
export function WebhookPage({ webhook: ref }: { readonly webhook: WebhookRef }) {
  const { clientId, id } = ref;
  const [hours, setHours] = useState<number>(RANGES[0]);
  const { data, error, reload } = usePoll(
    `webhook ${id} ${hours}`,
    (signal) => look(ref, hours, signal),
    POLL_MS,
  );
  const [kept, setKept] = useState<Seen | null>(null);
  if (data && data !== kept) setKept(data);
  // While another range is being read, the webhook itself stays.
  const seen = data ?? kept;
  return (
    <>
      <nav aria-label="Above this page" class="above">
        <Link to={{ page: 'list', clientId }}>Webhooks of client {clientId}</Link>
      </nav>
      {!seen && <PageTitle title={`Webhook ${id}`} />}
      {seen && <Head {...seen.webhook} />}
      {error && <Trouble>{messageOf(error)}</Trouble>}
      {!seen && !error && <Empty>Loading …</Empty>}
      {seen && (
        <>
          <Actions clientId={clientId} webhook={seen.webhook} onChanged={reload} />
          <Facts {...seen} health={healthOf(seen.webhook, seen.statistics)} />
          <Hours statistics={data?.statistics ?? seen.statistics} hours={hours} onHours={setHours} />
          <Deliveries webhook={ref} />
          <Audit webhook={ref} modified={seen.webhook.modified} />
        </>
      )}
    </>
  );
}

function Head({ id, type, targetUrl }: Webhook) {
  return (
    <div class="heading">
      <PageTitle title={`Webhook ${id}: ${type}`}>
        {type} <span class="of">webhook {id}</span>
      </PageTitle>
      <p class="url target">{targetUrl}</p>
    </div>
  );
}
