import { ApiError, readError } from './apiError.ts';

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/rest`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** In place of `body`: sent as it is. */
  readonly content?: { readonly type: string; readonly text: string };
  readonly signal?: AbortSignal | undefined;
}

/** One request of the public API: what was answered, or an `ApiError`. */
export type CallApi = <T>(call: Call) => Promise<T>;

export interface CallParts {
  /** Of `/rest`; left empty, on the page's own server. */
  readonly baseUrl: string;
  /** What says who is asking. */
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: 'same-origin' | 'omit';
}

/** Verifying a webhook waits for its target. */
const TIMEOUT_MS = 40_000;

export function createCall({ baseUrl, headers: own, credentials }: CallParts): CallApi {
  return async <T>({ method = 'GET', path, query = {}, headers = {}, signal, ...content }: Call) => {
    const limit = AbortSignal.timeout(TIMEOUT_MS);
    const { type, text } = encode(content);
    const response = await fetch(`${baseUrl}/rest${path}${searchOf(query)}`, {
      method,
      headers: { Accept: 'application/json', ...own, ...(type && { 'Content-Type': type }), ...headers },
      ...(text !== undefined && { body: text }),
      credentials,
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    }).catch((cause: unknown) => {
      if (signal?.aborted) throw cause;
      throw new ApiError({ status: 0, problem: 'no-answer', detail: 'The server does not answer.', cause });
    });
    if (!response.ok) throw await readError(response);
    return (response.status === 204 ? undefined : await response.json()) as T;
  };
}

function searchOf(query: NonNullable<Call['query']>): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return given.length > 0 ? `?${search}` : '';
}

function encode({ body, content }: Pick<Call, 'body' | 'content'>): { type?: string; text?: string } {
  if (content) return content;
  return body === undefined ? {} : { type: 'application/json', text: JSON.stringify(body) };
}
