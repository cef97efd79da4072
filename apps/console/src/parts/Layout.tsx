import type { ComponentChildren } from 'preact';
import type { Session } from '#libs/apiClient/answers.ts';
import { Link } from '../lib/navigation.tsx';
import type { Route } from '../lib/routes.ts';

interface LayoutProps {
  readonly session: Session | null;
  readonly route: Route;
  readonly onSignOut: () => void;
  readonly children: ComponentChildren;
}

/** What is around every page. */
export function Layout({ session, route, onSignOut, children }: LayoutProps) {
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="bar">
        <span class="brand">
          <Logo />
          Postrider
        </span>
        {session && <Navigation session={session} route={route} />}
        {session && (
          <div class="who">
            <span title={session.operator ? 'Operator' : 'Customer'}>{session.user}</span>
            <button type="button" class="quiet" onClick={onSignOut}>
              Sign out
            </button>
          </div>
        )}
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <div id="announcements" class="unseen" aria-live="polite" />
    </>
  );
}

function Navigation({ session, route }: { readonly session: Session; readonly route: Route }) {
  const several = session.operator || session.clientIds.length > 1;
  return (
    <nav aria-label="Console">
      {several && (
        <Link to={{ page: 'home' }} current={route.page === 'home'}>
          Clients
        </Link>
      )}
      {'clientId' in route && (
        <Link to={{ page: 'list', clientId: route.clientId }} current={route.page === 'list'}>
          Webhooks
        </Link>
      )}
      {session.operator && <a href="/admin/queues">Queues</a>}
      <a href="/docs">API</a>
    </nav>
  );
}

function Logo() {
  return (
    <svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" fill="#1f5fbf" />
      <path d="M7 11.5h11m-8 5h8m-5 5h5" stroke="#9dc3ff" stroke-width="2.4" stroke-linecap="round" />
      <path d="M17 8l9 8-9 8z" fill="#fff" />
    </svg>
  );
}
