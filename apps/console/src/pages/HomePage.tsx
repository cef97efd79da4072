import { useEffect, useState } from 'preact/hooks';
import type { Session } from '../api/answers.ts';
import { Link, navigate } from '../lib/navigation.tsx';
import { recentClients } from '../lib/recentClients.ts';
import { Field } from '../parts/Field.tsx';
import { Empty } from '../parts/Notice.tsx';
import { PageTitle } from '../parts/PageTitle.tsx';

/** Whose webhooks? Who has one client only is there at once. */
export function HomePage({ session }: { readonly session: Session }) {
  const { operator, clientIds } = session;
  const [only] = clientIds;
  const isDecided = !operator && clientIds.length === 1;
  useEffect(() => {
    if (isDecided && only !== undefined) navigate({ page: 'list', clientId: only }, { replace: true });
  }, [isDecided, only]);
  if (isDecided) return <Empty>One moment …</Empty>;
  return (
    <div class="narrow">
      <PageTitle title="Clients" />
      {operator ? <ClientPicker /> : <Clients ids={clientIds} />}
    </div>
  );
}

function Clients({ ids }: { readonly ids: readonly number[] }) {
  return (
    <ul class="choices card">
      {ids.map((clientId) => (
        <li key={clientId}>
          <Link to={{ page: 'list', clientId }}>Client {clientId}</Link>
        </li>
      ))}
    </ul>
  );
}

function ClientPicker() {
  const [error, setError] = useState<string>();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget as HTMLFormElement).get('clientId')).trim();
    const clientId = Number(text);
    if (!/^[1-9]\d*$/.test(text) || !Number.isSafeInteger(clientId))
      return setError('must be a positive integer');
    navigate({ page: 'list', clientId });
  };
  const recent = recentClients();
  return (
    <>
      <form class="card" onSubmit={submit} noValidate>
        <Field label="Client id" name="clientId" error={error} hint="An operator may act for every client.">
          {(props) => <input {...props} inputMode="numeric" autoComplete="off" />}
        </Field>
        <button type="submit" class="primary">
          Show webhooks
        </button>
      </form>
      {recent.length > 0 && (
        <section aria-labelledby="recent">
          <h2 id="recent">Visited from this browser</h2>
          <Clients ids={recent} />
        </section>
      )}
    </>
  );
}
