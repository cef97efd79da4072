import { type Answer, send } from '../api/tests/httpClient.ts';

/** What a caller of the admin API sets (contract §1). */
export interface WebhookFields {
  readonly type: string;
  readonly targetUrl: string;
  readonly authentication?:
    | { readonly type: 'none' }
    | { readonly type: 'basicAuth'; readonly userName: string; readonly password: string }
    | { readonly type: 'keyAuth'; readonly key: string; readonly passphrase: string }
    | { readonly type: 'standardWebhooks'; readonly secret?: string };
}

/** What identifies a webhook for the API. */
export interface WebhookRef {
  readonly clientId: number;
  readonly id: number;
}

/** The admin API over HTTP. Each operation succeeds, or fails the test with what the API said. */
export class AdminClient {
  readonly #port: number;
  readonly #auth: string;

  constructor({ port, auth }: { port: number; auth: string }) {
    this.#port = port;
    this.#auth = auth;
  }

  async create(clientId: number, fields: WebhookFields): Promise<WebhookRef> {
    const call = { method: 'POST', path: `/rest/${clientId}/webhooks`, json: { format: 'json', ...fields } };
    const { body } = await this.#expect(201, call);
    return { clientId, id: body.id };
  }

  async update(webhook: WebhookRef, fields: WebhookFields): Promise<void> {
    await this.#expect(200, { method: 'PUT', path: pathOf(webhook), json: { format: 'json', ...fields } });
  }

  async activate(webhook: WebhookRef): Promise<void> {
    await this.#expect(200, { method: 'POST', path: `${pathOf(webhook)}/activate` });
  }

  async deactivate(webhook: WebhookRef): Promise<void> {
    await this.#expect(200, { method: 'POST', path: `${pathOf(webhook)}/deactivate` });
  }

  async remove(webhook: WebhookRef): Promise<void> {
    await this.#expect(204, { method: 'DELETE', path: pathOf(webhook) });
  }

  async verify(webhook: WebhookRef, mailingId: number): Promise<unknown> {
    const path = `${pathOf(webhook)}/verify?mailingId=${mailingId}`;
    return (await this.#expect(200, { method: 'GET', path })).body;
  }

  async #expect(status: number, call: { method: string; path: string; json?: unknown }): Promise<Answer> {
    const answer = await send(this.#port, { auth: this.#auth, ...call });
    if (answer.status === status) return answer;
    throw new Error(`${call.method} ${call.path} was answered with ${answer.status}: ${answer.text}`);
  }
}

function pathOf({ clientId, id }: WebhookRef): string {
  return `/rest/${clientId}/webhooks/${id}`;
}
