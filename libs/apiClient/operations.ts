import type {
  AuditPage,
  ClientList,
  CreateWebhookBody,
  DeliveryPage,
  QueuedEvents,
  Resent,
  Session,
  SignInBody,
  Statistics,
  UpdateWebhookBody,
  Verification,
  Webhook,
} from './answers.ts';
import type { CallApi } from './call.ts';

export interface WebhookRef {
  readonly clientId: number;
  readonly id: number;
}

export interface Range {
  /** ISO 8601. */
  readonly from: string;
  readonly to: string;
}

export interface DeliveryQuery {
  readonly outcome?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly search?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Which kept events to queue again. */
export type Choice = (Range | { readonly eventIds: readonly string[] }) & {
  readonly outcome?: 'discarded' | 'delivered';
};

/** Events a line each, at most 1,000; the same ones under the same key are queued once. */
export interface EventLines {
  readonly lines: readonly string[];
  readonly key: string;
}

const MOST_WEBHOOKS = 1000;

const listPath = (clientId: number) => `/${clientId}/webhooks`;
const pathOf = ({ clientId, id }: WebhookRef) => `${listPath(clientId)}/${id}`;

export type Api = ReturnType<typeof createApi>;

/** The operations of the public API that its users here need, one function each. */
export function createApi(call: CallApi) {
  const resend = (ref: WebhookRef, body: object) =>
    call<Resent>({ method: 'POST', path: `${pathOf(ref)}/resend`, body });

  return {
    signIn: (body: SignInBody) => call<Session>({ method: 'POST', path: '/session', body }),
    readSession: () => call<Session>({ path: '/session' }),
    signOut: () => call<void>({ method: 'DELETE', path: '/session' }),

    listClients: (signal?: AbortSignal) => call<ClientList>({ path: '/clients', signal }),
    listWebhooks: (clientId: number, signal?: AbortSignal) =>
      call<readonly Webhook[]>({ path: listPath(clientId), query: { limit: MOST_WEBHOOKS }, signal }),
    getWebhook: (ref: WebhookRef, signal?: AbortSignal) => call<Webhook>({ path: pathOf(ref), signal }),
    createWebhook: (clientId: number, body: CreateWebhookBody) =>
      call<Webhook>({ method: 'POST', path: listPath(clientId), body }),
    updateWebhook: (ref: WebhookRef, body: UpdateWebhookBody) =>
      call<Webhook>({ method: 'PUT', path: pathOf(ref), body }),
    removeWebhook: (ref: WebhookRef) => call<void>({ method: 'DELETE', path: pathOf(ref) }),
    changeStatus: (ref: WebhookRef, change: 'activate' | 'deactivate') =>
      call<Webhook>({ method: 'POST', path: `${pathOf(ref)}/${change}` }),
    verifyWebhook: async (
      ref: WebhookRef,
      query: { readonly mailingId: string; readonly numberOfEvents: string },
    ): Promise<Verification> => {
      const body = { ...query, include: 'request' };
      const path = `${pathOf(ref)}/verify`;
      const [first] = await call<readonly Verification[]>({ method: 'POST', path, body });
      if (!first) throw new Error('The server has verified nothing.');
      return first;
    },
    listAudit: (ref: WebhookRef, signal: AbortSignal) =>
      call<AuditPage>({ path: `${pathOf(ref)}/audit`, query: { limit: 20 }, signal }),

    readStatistics: (ref: WebhookRef, { from, to }: Range, signal?: AbortSignal) =>
      call<Statistics>({ path: `${pathOf(ref)}/statistics`, query: { from, to }, signal }),
    listDeliveries: (ref: WebhookRef, query: DeliveryQuery, signal?: AbortSignal) =>
      call<DeliveryPage>({ path: `${pathOf(ref)}/deliveries`, query: { ...query }, signal }),

    queueEvents: (clientId: number, { lines, key }: EventLines) =>
      call<QueuedEvents>({
        method: 'POST',
        path: `/${clientId}/events`,
        headers: { 'Idempotency-Key': key },
        content: { type: 'application/x-ndjson', text: lines.join('\n') },
      }),
    /** One request does what it can in some seconds, and says where to go on. How many were queued in all. */
    resendAll: async (ref: WebhookRef, choice: Choice): Promise<number> => {
      let total = 0;
      let cursor: string | undefined;
      do {
        const { events, nextCursor } = await resend(ref, { ...choice, ...(cursor && { cursor }) });
        total += events;
        cursor = nextCursor;
      } while (cursor !== undefined);
      return total;
    },
  };
}
