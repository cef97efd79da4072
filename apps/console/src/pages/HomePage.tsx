import { useEffect } from 'preact/hooks';
import type { Session } from '#libs/apiClient/answers.ts';
import { Link, navigate } from '../lib/navigation.tsx';
import { Empty } from '../parts/Notice.tsx';
import { PageTitle } from '../parts/PageTitle.tsx';
import { OperatorPage } from './OperatorPage.tsx';

/** Whose webhooks? Who has one client only is there at once. */
export function HomePage({ session }: { readonly session: Session }) {
  const { operator, clientIds } = session;
  const [only] = clientIds;
  const isDecided = !operator && clientIds.length === 1;
  useEffect(() => {
    if (isDecided && only !== undefined) navigate({ page: 'list', clientId: only }, { replace: true });
  }, [isDecided, only]);
  if (isDecided) return <Empty>One moment …</Empty>;
  return operator ? <OperatorPage /> : <OwnClients ids={clientIds} />;
}

function OwnClients({ ids }: { readonly ids: readonly number[] }) {
  return (
    <div class="narrow">
      <PageTitle title="Clients" />
      <ul class="choices card">
        {ids.map((clientId) => (
          <li key={clientId}>
            <Link to={{ page: 'list', clientId }}>Client {clientId}</Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
