import { useEffect, useState } from 'preact/hooks';
import type { Session } from '#libs/apiClient/answers.ts';
import { ApiError, messageOf } from '#libs/apiClient/apiError.ts';
import { onSignedOut } from './api/client.ts';
import { readSession, signOut } from './api/webhooks.ts';
import { useRoute } from './lib/navigation.tsx';
import type { Route } from './lib/routes.ts';
import { FormPage } from './pages/FormPage.tsx';
import { HomePage } from './pages/HomePage.tsx';
import { ListPage } from './pages/ListPage.tsx';
import { SignInPage } from './pages/SignInPage.tsx';
import { WebhookPage } from './pages/WebhookPage.tsx';
import { Layout } from './parts/Layout.tsx';
import { Empty, Trouble } from './parts/Notice.tsx';
import { PageTitle } from './parts/PageTitle.tsx';

/** Who uses the console: still unknown, somebody, or nobody (and what to tell them). */
type Visitor =
  | { readonly kind: 'unknown'; readonly trouble?: string }
  | { readonly kind: 'known'; readonly session: Session }
  | { readonly kind: 'nobody'; readonly because?: string };

export function Console() {
  const [visitor, setVisitor] = useState<Visitor>({ kind: 'unknown' });
  const route = useRoute();
  useEffect(() => {
    onSignedOut(() => setVisitor(afterEnd));
    readSession().then(
      (session) => setVisitor({ kind: 'known', session }),
      (error: unknown) => setVisitor(afterRefusal(error)),
    );
  }, []);
  const leave = () => {
    signOut().then(
      () => setVisitor({ kind: 'nobody', because: 'You have signed out.' }),
      (error: unknown) => setVisitor({ kind: 'unknown', trouble: messageOf(error) }),
    );
  };
  const session = visitor.kind === 'known' ? visitor.session : null;
  return (
    <Layout session={session} route={route} onSignOut={leave}>
      {visitor.kind === 'known' && <Page route={route} session={visitor.session} />}
      {visitor.kind === 'nobody' && (
        <SignInPage
          because={visitor.because}
          onSignedIn={(signedIn) => setVisitor({ kind: 'known', session: signedIn })}
        />
      )}
      {visitor.kind === 'unknown' &&
        (visitor.trouble ? <Trouble>{visitor.trouble}</Trouble> : <Empty>One moment …</Empty>)}
    </Layout>
  );
}

/** Only who was there is told so: what was asked before one signed out may be refused after it. */
function afterEnd(before: Visitor): Visitor {
  if (before.kind !== 'known') return before;
  return { kind: 'nobody', because: 'Your session has ended. Please sign in again.' };
}

function afterRefusal(error: unknown): Visitor {
  if (error instanceof ApiError && error.status === 401) return { kind: 'nobody' };
  return { kind: 'unknown', trouble: `${messageOf(error)} Reload the page to try again.` };
}

function Page({ route, session }: { readonly route: Route; readonly session: Session }) {
  switch (route.page) {
    case 'home':
      return <HomePage session={session} />;
    case 'list':
      return <ListPage key={route.clientId} clientId={route.clientId} />;
    case 'create':
      return <FormPage key="new" clientId={route.clientId} id={null} />;
    case 'edit':
      return <FormPage key={route.id} clientId={route.clientId} id={route.id} />;
    case 'webhook':
      return <WebhookPage key={route.id} webhook={{ clientId: route.clientId, id: route.id }} />;
    case 'nowhere':
      return (
        <>
          <PageTitle title="There is no such page" />
          <Empty>
            The address is wrong. <a href="/console/">To the begin of the console</a>
          </Empty>
        </>
      );
  }
}
