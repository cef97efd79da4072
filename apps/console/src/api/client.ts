import type { Problem } from './answers.ts';

/** What the API has against a request, or why it could not be asked. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** 0: no answer came. */
  readonly status: number;
  /** The end of the problem's type, such as `no-such-path`. */
  readonly problem: string;
  /** What is wrong with which field. */
  readonly fields: Readonly<Record<string, string>>;

  constructor(parts: {
    status: number;
    problem: string;
    detail: string;
    fields?: Readonly<Record<string, string>>;
  }) {
    super(parts.detail);
    this.status = parts.status;
    this.problem = parts.problem;
    this.fields = parts.fields ?? {};
  }
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

const PROBLEM_TYPE = 'urn:postrider:problem:';
const TIMEOUT_MS = 40_000;

let whenSignedOut: () => void = () => undefined;

/** Called when the API does not know the session any more. */
export function onSignedOut(listener: () => void): void {
  whenSignedOut = listener;
}

/** One call of the public API. The header tells it that the session's cookie is meant. */
export async function call<T>({ method = 'GET', path, query = {}, body, signal }: Call): Promise<T> {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(`/rest${path}${given.length > 0 ? `?${search}` : ''}`, {
    method,
    headers: {
      Accept: 'application/json',
      'X-Postrider-Console': '1',
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    credentials: 'same-origin',
    signal: signal ? AbortSignal.any([signal, limit]) : limit,
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiError({ status: 0, problem: 'no-answer', detail: 'The server does not answer.' });
  });
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  const error = await readError(response);
  if (error.status === 401 && path !== '/session') whenSignedOut();
  throw error;
}

async function readError(response: Response): Promise<ApiError> {
  const { status } = response;
  const body = (await response.json().catch(() => null)) as Problem | null;
  if (body === null) return new ApiError({ status, problem: 'unknown', detail: `Status ${status}.` });
  const fields = Object.fromEntries((body.errors ?? []).map(({ field, message }) => [field, message]));
  return new ApiError({ status, problem: body.type.replace(PROBLEM_TYPE, ''), detail: body.detail, fields });
}

/** The API of this version does not have the operation. */
export function isNotThere(error: unknown): boolean {
  return error instanceof ApiError && error.problem === 'no-such-path';
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
