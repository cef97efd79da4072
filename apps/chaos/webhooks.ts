import { setTimeout as sleep } from 'node:timers/promises';
import type { WebhookChange } from './activation.ts';
import { ENDPOINTS, type Endpoint } from './endpoints.ts';
import { MOVING_NAME } from './nameServer.ts';

export interface WebhooksParts {
  readonly apiUrl: string;
  readonly operator: string;
  readonly receiverPort: number;
  /** Where nobody listens. */
  readonly closedPort: number;
  readonly noteChange: (change: WebhookChange) => void;
}

interface Known {
  readonly id: number;
  readonly revision: number;
}

const REQUEST_TIMEOUT_MS = 15_000;
const PAUSE_MS = 200;
/** How long an unanswered change may stay unknown to a worker: its directory forgets within 10 s. */
const UNANSWERED_UNTIL_KNOWN_MS = 15_000;

/** The customers' webhooks, changed by the real API. What was asked and answered when is noted for the checker. */
export class Webhooks {
  readonly #parts: WebhooksParts;
  readonly #known = new Map<string, Known>();

  constructor(parts: WebhooksParts) {
    this.#parts = parts;
  }

  /** Of a webhook's endpoint. */
  idOf(name: string): number {
    return this.#find(name).id;
  }

  nameOf(id: number): string | undefined {
    return [...this.#known].find(([, known]) => known.id === id)?.[0];
  }

  async createAll(): Promise<void> {
    for (const endpoint of ENDPOINTS) {
      const body = this.#fields(endpoint, 1);
      const answer = await this.#request('POST', `${endpoint.clientId}/webhooks`, body);
      if (answer?.status !== 201)
        throw new Error(`The webhook ${endpoint.name} was not created: ${answer?.text}`);
      const { id } = JSON.parse(answer.text) as { id: number };
      this.#known.set(endpoint.name, { id, revision: 1 });
      await this.activate(endpoint.name);
    }
  }

  activate(name: string): Promise<void> {
    return this.#changeStatus(name, 'activate', 'activated');
  }

  deactivate(name: string): Promise<void> {
    return this.#changeStatus(name, 'deactivate', 'deactivated');
  }

  /** The target's URL changes; an update may be repeated until it is answered. */
  async retarget(name: string): Promise<void> {
    const { id, revision: last } = this.#find(name);
    const endpoint = endpointNamed(name);
    const revision = last + 1;
    this.#known.set(name, { id, revision });
    const requestedAt = Date.now();
    while (true) {
      const path = `${endpoint.clientId}/webhooks/${id}`;
      const answer = await this.#request('PUT', path, this.#fields(endpoint, revision));
      if (answer?.status === 200) break;
      refuse(name, answer);
      await sleep(PAUSE_MS);
    }
    this.#parts.noteChange({ endpoint: name, change: 'retarget', requestedAt, doneAt: Date.now(), revision });
  }

  async #changeStatus(name: string, change: 'activate' | 'deactivate', status: string): Promise<void> {
    const { id } = this.#find(name);
    const path = `${endpointNamed(name).clientId}/webhooks/${id}`;
    const requestedAt = Date.now();
    while (true) {
      const answer = await this.#request('POST', `${path}/${change}`, {});
      if (answer?.status === 200)
        return this.#parts.noteChange({ endpoint: name, change, requestedAt, doneAt: Date.now() });
      const look = await this.#request('GET', path);
      if (look?.status === 200 && (JSON.parse(look.text) as { status: string }).status === status) break;
      refuse(name, answer);
      await sleep(PAUSE_MS);
    }
    // It happened, but the answer was lost, and with it perhaps the word to the workers.
    const doneAt = Date.now() + UNANSWERED_UNTIL_KNOWN_MS;
    this.#parts.noteChange({ endpoint: name, change, requestedAt, doneAt });
  }

  #find(name: string): Known {
    const known = this.#known.get(name);
    if (!known) throw new Error(`There is no webhook ${name}.`);
    return known;
  }

  #fields({ name, type, behaviour }: Endpoint, revision: number) {
    const { receiverPort, closedPort } = this.#parts;
    const host = behaviour === 'movingName' ? MOVING_NAME : '127.0.0.1';
    const port = behaviour === 'closedPort' ? closedPort : receiverPort;
    return { type, format: 'json', targetUrl: `http://${host}:${port}/${name}/${revision}` };
  }

  /** null: there was no answer. */
  async #request(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; text: string } | null> {
    const { apiUrl, operator } = this.#parts;
    const headers = {
      authorization: `Basic ${Buffer.from(operator).toString('base64')}`,
      'content-type': 'application/json',
    };
    try {
      const answer = await fetch(`${apiUrl}/rest/${path}`, {
        method,
        headers,
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
        ...(body && { body: JSON.stringify(body) }),
      });
      return { status: answer.status, text: await answer.text() };
    } catch {
      return null;
    }
  }
}

/** While MySQL or the API is away, a change is asked for again; any other refusal is a mistake. */
function refuse(name: string, answer: { status: number; text: string } | null): void {
  if (answer && answer.status !== 503 && answer.status !== 400) {
    throw new Error(`A change of the webhook ${name} was answered with ${answer.status}: ${answer.text}`);
  }
}

function endpointNamed(name: string): Endpoint {
  const endpoint = ENDPOINTS.find((candidate) => candidate.name === name);
  if (!endpoint) throw new Error(`There is no endpoint ${name}.`);
  return endpoint;
}
