import type { SampledType } from '#libs/domain/sampleEvents.ts';
import { DemoFailure } from './demoFailure.ts';

/** Of a webhook, what the demo looks at. */
export interface WebhookView {
  readonly id: number;
  readonly status: string;
}

export interface WebhookRef {
  readonly clientId: number;
  readonly id: number;
}

/** Of its statistics, what the demo adds up. */
export interface Statistics {
  readonly pending: number;
  readonly intervals: readonly {
    readonly received: number;
    readonly delivered: number;
    readonly discarded: number;
  }[];
}

export interface Delivery {
  readonly outcome: 'delivered' | 'failed';
  readonly events: number;
}

export interface Verification {
  readonly httpStatusCode: number;
  readonly responseBody: string;
}

export interface WebhookFields {
  readonly type: SampledType;
  readonly format: 'json';
  readonly targetUrl: string;
  readonly authentication?: {
    readonly type: 'basicAuth';
    readonly userName: string;
    readonly password: string;
  };
}

export interface Operator {
  readonly user: string;
  readonly password: string;
}

/** A client of the admin API, over HTTP, as any other would be. What is not a success becomes a DemoFailure. */
export class AdminApi {
  readonly #url: string;
  readonly #authorization: string;
  readonly #signal: AbortSignal;

  constructor(parts: { readonly url: string; readonly operator: Operator; readonly signal: AbortSignal }) {
    const { user, password } = parts.operator;
    this.#url = parts.url;
    this.#authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    this.#signal = parts.signal;
  }

  create(clientId: number, fields: WebhookFields): Promise<WebhookView> {
    return this.#call('POST', `/${clientId}/webhooks`, fields);
  }

  update(clientId: number, id: number, fields: WebhookFields): Promise<WebhookView> {
    return this.#call('PUT', `/${clientId}/webhooks/${id}`, fields);
  }

  activate(clientId: number, id: number): Promise<WebhookView> {
    return this.#call('POST', `/${clientId}/webhooks/${id}/activate`);
  }

  async verify(clientId: number, id: number, mailingId: number): Promise<Verification> {
    const path = `/${clientId}/webhooks/${id}/verify?mailingId=${mailingId}`;
    const [verification] = await this.#call<Verification[]>('GET', path);
    if (!verification) throw new DemoFailure(`GET /rest${path} answered an empty list.`);
    return verification;
  }

  statistics({ clientId, id }: WebhookRef): Promise<Statistics> {
    return this.#call('GET', `/${clientId}/webhooks/${id}/statistics`);
  }

  /** All of its log. */
  async deliveries({ clientId, id }: WebhookRef): Promise<Delivery[]> {
    const all: Delivery[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const path = `/${clientId}/webhooks/${id}/deliveries?limit=1000&cursor=${cursor}`;
      const page: { items: Delivery[]; nextCursor: string | null } = await this.#call('GET', path);
      all.push(...page.items);
      cursor = page.nextCursor;
    }
    return all;
  }

  async #call<T>(method: string, path: string, body?: WebhookFields): Promise<T> {
    const response = await fetch(`${this.#url}/rest${path}`, {
      method,
      headers: {
        Authorization: this.#authorization,
        ...(body && { 'Content-Type': 'application/json' }),
      },
      signal: this.#signal,
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new DemoFailure(`${method} /rest${path} answered ${response.status}: ${text}`);
    return JSON.parse(text) as T;
  }
}
