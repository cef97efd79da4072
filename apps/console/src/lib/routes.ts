/** Where one is in the console, as its address says. */
export type Route =
  | { readonly page: 'home' }
  | { readonly page: 'list'; readonly clientId: number }
  | { readonly page: 'create'; readonly clientId: number }
  | { readonly page: 'webhook' | 'edit'; readonly clientId: number; readonly id: number }
  | { readonly page: 'nowhere' };

const BASE = '/console';
const ID = '([1-9]\\d{0,15})';
const HOME = new RegExp(`^${BASE}/?$`);
const LIST = new RegExp(`^${BASE}/clients/${ID}(/new)?/?$`);
const WEBHOOK = new RegExp(`^${BASE}/clients/${ID}/webhooks/${ID}(/edit)?/?$`);

export function parseRoute(path: string): Route {
  if (HOME.test(path)) return { page: 'home' };
  const [, client, creating] = LIST.exec(path) ?? [];
  if (client !== undefined) return { page: creating ? 'create' : 'list', clientId: Number(client) };
  const [, owner, id, editing] = WEBHOOK.exec(path) ?? [];
  if (owner === undefined || id === undefined) return { page: 'nowhere' };
  return { page: editing ? 'edit' : 'webhook', clientId: Number(owner), id: Number(id) };
}

export function pathTo(route: Exclude<Route, { page: 'nowhere' }>): string {
  switch (route.page) {
    case 'home':
      return `${BASE}/`;
    case 'list':
      return `${BASE}/clients/${route.clientId}`;
    case 'create':
      return `${BASE}/clients/${route.clientId}/new`;
    case 'webhook':
      return `${BASE}/clients/${route.clientId}/webhooks/${route.id}`;
    case 'edit':
      return `${BASE}/clients/${route.clientId}/webhooks/${route.id}/edit`;
  }
}
