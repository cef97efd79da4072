import type { ComponentChildren } from 'preact';
import type { Statistics, Webhook } from '#libs/apiClient/answers.ts';
import { messageOf } from '#libs/apiClient/apiError.ts';
import { count, until } from '#libs/apiClient/format.ts';
import { listWebhooks } from '../api/webhooks.ts';
import { byHealth, countHealths, type Health, healthOf } from '../lib/health.ts';
import { Link } from '../lib/navigation.tsx';
import { statisticsOf } from '../lib/statisticsOf.ts';
import { useNow } from '../lib/useNow.ts';
import { usePoll } from '../lib/usePoll.ts';
import { Ago } from '../parts/Ago.tsx';
import { HealthMark } from '../parts/HealthMark.tsx';
import { Empty, Trouble } from '../parts/Notice.tsx';
import { PageTitle } from '../parts/PageTitle.tsx';

const POLL_MS = 5_000;
const TICK_MS = 1_000;

interface Row {
  readonly webhook: Webhook;
  readonly statistics: Statistics | null;
  readonly health: Health;
}

async function loadRows(clientId: number, signal: AbortSignal): Promise<readonly Row[]> {
  const webhooks = await listWebhooks(clientId, signal);
  const statistics = await statisticsOf(clientId, webhooks, signal);
  return webhooks.map((webhook) => {
    const own = statistics.get(webhook.id) ?? null;
    return { webhook, statistics: own, health: healthOf(webhook, own) };
  });
}

/** The webhooks of a client, those that need somebody first. */
export function ListPage({ clientId }: { readonly clientId: number }) {
  const { data, error } = usePoll(`client ${clientId}`, (signal) => loadRows(clientId, signal), POLL_MS);
  const now = useNow(TICK_MS);
  return (
    <>
      <div class="head">
        <div>
          <PageTitle title={`Webhooks of client ${clientId}`}>
            Webhooks <span class="of">of client {clientId}</span>
          </PageTitle>
          <p class="summary" role="status">
            {data && data.length > 0 ? countHealths(data) : ' '}
          </p>
        </div>
        <Link to={{ page: 'create', clientId }} class="button primary">
          New webhook
        </Link>
      </div>
      {error && <Trouble>{messageOf(error)}</Trouble>}
      {!data && !error && <Empty>Loading …</Empty>}
      {data?.length === 0 && (
        <Empty>This client has no webhook yet. A webhook is where the events of one type are sent.</Empty>
      )}
      {data && data.length > 0 && <Table clientId={clientId} rows={byHealth(data)} now={now} />}
    </>
  );
}

interface TableProps {
  readonly clientId: number;
  readonly rows: readonly Row[];
  readonly now: number;
}

/** On a phone, the style makes cards of the rows. */
function Table({ clientId, rows, now }: TableProps) {
  return (
    <table class="webhooks card" aria-label="Webhooks">
      <thead>
        <tr>
          {['Health', 'Events', 'Target', 'Pending', 'Next try', 'Last success', 'Last error'].map((name) => (
            <th key={name} scope="col" class={name === 'Pending' ? 'number' : undefined}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <WebhookRow key={row.webhook.id} clientId={clientId} row={row} now={now} />
        ))}
      </tbody>
    </table>
  );
}

function WebhookRow({ clientId, row, now }: Omit<TableProps, 'rows'> & { readonly row: Row }) {
  const { webhook, statistics, health } = row;
  const { id, type, targetUrl } = webhook;
  const { pending, nextTry, lastSuccess, lastError } = statistics ?? {};
  return (
    <tr class={`is-${health}`}>
      <td>
        <HealthMark health={health} />
      </td>
      <td data-label="Events">
        <Link to={{ page: 'webhook', clientId, id }} class="strong">
          {type} <span class="id">{id}</span>
        </Link>
      </td>
      <Cell label="Target" class="url">
        {targetUrl}
      </Cell>
      <Cell label="Pending" class="number">
        {pending === undefined ? null : count(pending)}
      </Cell>
      <Cell label="Next try">{nextTry ? until(nextTry, now) : null}</Cell>
      <Cell label="Last success">{lastSuccess ? <Ago iso={lastSuccess} now={now} /> : null}</Cell>
      <Cell label="Last error" class="error-text">
        {lastError ?? null}
      </Cell>
    </tr>
  );
}

interface CellProps {
  readonly label: string;
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** Null is nothing to tell; the cards of a phone leave it out. */
function Cell({ label, class: className = '', children }: CellProps) {
  return (
    <td data-label={label} class={children === null ? `${className} nothing` : className}>
      {children ?? '–'}
    </td>
  );
}
