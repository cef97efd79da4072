import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { parseRoute, pathTo, type Route } from './routes.ts';

type Somewhere = Exclude<Route, { page: 'nowhere' }>;

const CHANGED = 'postrider:navigated';

export function navigate(to: Somewhere, { replace = false } = {}): void {
  history[replace ? 'replaceState' : 'pushState'](null, '', pathTo(to));
  dispatchEvent(new Event(CHANGED));
}

export function useRoute(): Route {
  const [path, setPath] = useState(location.pathname);
  useEffect(() => {
    const read = () => setPath(location.pathname);
    addEventListener('popstate', read);
    addEventListener(CHANGED, read);
    return () => {
      removeEventListener('popstate', read);
      removeEventListener(CHANGED, read);
    };
  }, []);
  return parseRoute(path);
}

interface LinkProps {
  readonly to: Somewhere;
  readonly class?: string;
  readonly current?: boolean;
  readonly children: ComponentChildren;
}

/** A real link, so that it can be opened in another tab; a plain click stays in the page. */
export function Link({ to, current = false, children, class: className }: LinkProps) {
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(to);
  };
  return (
    <a href={pathTo(to)} onClick={follow} class={className} aria-current={current ? 'page' : undefined}>
      {children}
    </a>
  );
}
