import type {
  AuditPage,
  ClientList,
  CreateWebhookBody,
  DeliveryPage,
  Resent,
  Session,
  SignInBody,
  Statistics,
  Verification,
  Webhook,
} from './answers.ts';
import { call } from './client.ts';

/** The operations that the console uses, one function each. */

export interface WebhookRef {
  readonly clientId: number;
  readonly id: number;
}

const listPath = (clientId: number) => `/${clientId}/webhooks`;
const pathOf = ({ clientId, id }: WebhookRef) => `${listPath(clientId)}/${id}`;

export const signIn = (body: SignInBody) => call<Session>({ method: 'POST', path: '/session', body });
export const readSession = () => call<Session>({ path: '/session' });
export const signOut = () => call<void>({ method: 'DELETE', path: '/session' });

export const listClients = (signal: AbortSignal) => call<ClientList>({ path: '/clients', signal });

const MOST_WEBHOOKS = 1000;

export const listWebhooks = (clientId: number, signal: AbortSignal) =>
  call<readonly Webhook[]>({ path: listPath(clientId), query: { limit: MOST_WEBHOOKS }, signal });

export const getWebhook = (ref: WebhookRef, signal?: AbortSignal) =>
  call<Webhook>({ path: pathOf(ref), ...(signal && { signal }) });

export const createWebhook = (clientId: number, body: CreateWebhookBody) =>
  call<Webhook>({ method: 'POST', path: listPath(clientId), body });

export const updateWebhook = (ref: WebhookRef, body: CreateWebhookBody) =>
  call<Webhook>({ method: 'PUT', path: pathOf(ref), body });

export const removeWebhook = (ref: WebhookRef) => call<void>({ method: 'DELETE', path: pathOf(ref) });

export const changeStatus = (ref: WebhookRef, change: 'activate' | 'deactivate') =>
  call<Webhook>({ method: 'POST', path: `${pathOf(ref)}/${change}` });

export async function verifyWebhook(
  ref: WebhookRef,
  query: { readonly mailingId: string; readonly numberOfEvents: string },
): Promise<Verification> {
  const body = { ...query, include: 'request' };
  const [first] = await call<readonly Verification[]>({
    method: 'POST',
    path: `${pathOf(ref)}/verify`,
    body,
  });
  if (!first) throw new Error('The server has verified nothing.');
  return first;
}

export interface Range {
  /** ISO 8601. */
  readonly from: string;
  readonly to: string;
}

export const readStatistics = (ref: WebhookRef, { from, to }: Range, signal: AbortSignal) =>
  call<Statistics>({ path: `${pathOf(ref)}/statistics`, query: { from, to }, signal });

export interface DeliveryQuery {
  readonly outcome?: string | undefined;
  readonly search?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export const listDeliveries = (ref: WebhookRef, query: DeliveryQuery, signal: AbortSignal) =>
  call<DeliveryPage>({ path: `${pathOf(ref)}/deliveries`, query: { ...query }, signal });

export type Choice = Range | { readonly eventIds: readonly string[] };

export const resend = (ref: WebhookRef, body: Choice & { readonly cursor?: string }) =>
  call<Resent>({ method: 'POST', path: `${pathOf(ref)}/resend`, body });

export const listAudit = (ref: WebhookRef, signal: AbortSignal) =>
  call<AuditPage>({ path: `${pathOf(ref)}/audit`, query: { limit: 20 }, signal });
