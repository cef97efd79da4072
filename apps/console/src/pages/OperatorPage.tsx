import { useState } from 'preact/hooks';
import type { ClientList } from '#libs/apiClient/answers.ts';
import { messageOf } from '#libs/apiClient/apiError.ts';
import { count, plural } from '#libs/apiClient/format.ts';
import { listClients } from '../api/webhooks.ts';
import type { Health } from '../lib/health.ts';
import { Link, navigate } from '../lib/navigation.tsx';
import { usePoll } from '../lib/usePoll.ts';
import { Field } from '../parts/Field.tsx';
import { HealthMark } from '../parts/HealthMark.tsx';
import { Empty, Trouble } from '../parts/Notice.tsx';
import { PageTitle } from '../parts/PageTitle.tsx';

type Client = ClientList['items'][number];

const POLL_MS = 8_000;

/** All clients that have webhooks, those who need somebody first. */
export function OperatorPage() {
  const { data, error } = usePoll('clients', listClients, POLL_MS);
  const failing = data?.items.reduce((sum, client) => sum + client.failing, 0) ?? 0;
  return (
    <>
      <div class="head">
        <div>
          <PageTitle title="Clients" />
          <p class="summary" role="status">
            {data && (failing === 0 ? 'No webhook fails.' : `${plural(failing, 'webhook')} failing`)}
          </p>
        </div>
        <ClientForm />
      </div>
      {error && <Trouble>{messageOf(error)}</Trouble>}
      {!data && !error && <Empty>Loading …</Empty>}
      {data?.items.length === 0 && <Empty>No client has a webhook yet.</Empty>}
      {data && data.items.length > 0 && <Clients clients={data.items} />}
    </>
  );
}

function healthOfClient({ failing, suspended, activated }: Client): Health {
  if (failing > 0) return 'failing';
  if (suspended > 0) return 'suspended';
  return activated > 0 ? 'healthy' : 'deactivated';
}

function Clients({ clients }: { readonly clients: readonly Client[] }) {
  return (
    <table class="webhooks clients card" aria-label="Clients">
      <thead>
        <tr>
          {['Health', 'Client', 'Failing', 'Suspended', 'Activated', 'Webhooks'].map((name, index) => (
            <th key={name} scope="col" class={index > 1 ? 'number' : undefined}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {clients.map((client) => (
          <tr key={client.clientId}>
            <td>
              <HealthMark health={healthOfClient(client)} />
            </td>
            <td data-label="Events">
              <Link to={{ page: 'list', clientId: client.clientId }} class="strong">
                <span class="unseen">Client </span>
                {client.clientId}
              </Link>
            </td>
            {(['failing', 'suspended', 'activated', 'webhooks'] as const).map((name) => (
              <td key={name} data-label={LABELS[name]} class="number">
                {count(client[name])}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const LABELS = { failing: 'Failing', suspended: 'Suspended', activated: 'Activated', webhooks: 'Webhooks' };

/** For a client that has no webhook yet, or is far down the list. */
function ClientForm() {
  const [error, setError] = useState<string>();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget as HTMLFormElement).get('clientId')).trim();
    const clientId = Number(text);
    if (!/^[1-9]\d*$/.test(text) || !Number.isSafeInteger(clientId)) {
      return setError('must be a positive integer');
    }
    navigate({ page: 'list', clientId });
  };
  return (
    <form class="inline" onSubmit={submit} noValidate>
      <Field label="Client id" name="clientId" error={error}>
        {(props) => <input {...props} inputMode="numeric" autoComplete="off" size={16} />}
      </Field>
      <button type="submit">Show webhooks</button>
    </form>
  );
}
