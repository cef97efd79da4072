import type { SampledType } from '#libs/domain/sampleEvents.ts';
import type { Answer, Post } from './customer.ts';

/** How an endpoint does, from what it answered so far. */
export type EndpointState = 'healthy' | 'refusing' | 'setAside';

interface Endpoint {
  state: EndpointState;
  /** In a row. */
  refusals: number;
  /** Of the refused batch that is being taken apart. */
  fewest: number;
}

/**
 * Tells what is worth telling of the endpoints' answers, as an onlooker understands it:
 *
 *   healthy ── refuses a batch ──> refusing ── accepts what it refused ──> healthy
 *                                     │
 *                                     └── accepts younger events ──> setAside: the refused batch is taken apart,
 *                                         until one event is alone
 */
export class Story {
  readonly #endpoints = new Map<SampledType, Endpoint>();
  readonly #retryIntervalMs: number;

  constructor({ retryIntervalMs }: { readonly retryIntervalMs: number }) {
    this.#retryIntervalMs = retryIntervalMs;
  }

  stateOf(type: SampledType): EndpointState {
    return this.#endpoints.get(type)?.state ?? 'healthy';
  }

  /** A sentence, or null when nothing new has happened. */
  tell(post: Post, answer: Answer): string | null {
    const endpoint = this.#endpoint(post.type);
    if (answer.status === 200) return tellAccepted(endpoint, post);
    endpoint.refusals += 1;
    if (endpoint.state === 'setAside') return this.#tellPart(endpoint, post, answer);
    endpoint.state = 'refusing';
    const again = endpoint.refusals > 1 ? ` again (${endpoint.refusals} in a row)` : '';
    return `${answer.status}${again}: its events wait, next try in ${this.#interval()}`;
  }

  #tellPart(endpoint: Endpoint, { events }: Post, { status }: Answer): string | null {
    if (events.length >= endpoint.fewest) return null;
    endpoint.fewest = events.length;
    if (events.length > 1) return `${status} to ${events.length} of them; all others flow on`;
    return `found: mail ${events[0]?.mailId}, to be retried every ${this.#interval()}`;
  }

  #interval(): string {
    return `${this.#retryIntervalMs / 1_000} s`;
  }

  #endpoint(type: SampledType): Endpoint {
    const known = this.#endpoints.get(type);
    if (known) return known;
    const endpoint: Endpoint = { state: 'healthy', refusals: 0, fewest: Number.POSITIVE_INFINITY };
    this.#endpoints.set(type, endpoint);
    return endpoint;
  }
}

function tellAccepted(endpoint: Endpoint, { events }: Post): string | null {
  const { state, refusals } = endpoint;
  endpoint.refusals = 0;
  if (state !== 'refusing') return null;
  const attempts = events.map(({ attempt }) => attempt);
  if (Math.max(...attempts) === 1) {
    endpoint.state = 'setAside';
    return 'takes younger events, so its refused batch is taken apart';
  }
  endpoint.state = 'healthy';
  return `takes events again after ${refusals} refusals: all that waited goes out`;
}
