import type { Problem } from './answers.ts';

const PROBLEM_TYPE = 'urn:postrider:problem:';
const MS_PER_S = 1000;

/** What the API has against a request, or why it could not be asked. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** 0: no answer came. */
  readonly status: number;
  /** The end of the problem's type, such as `no-such-path`. */
  readonly problem: string;
  /** What is wrong with which field. */
  readonly fields: Readonly<Record<string, string>>;
  /** The same request is worth another try then. */
  readonly retryAfterMs: number | undefined;

  constructor(parts: {
    status: number;
    problem: string;
    detail: string;
    fields?: Readonly<Record<string, string>>;
    retryAfterMs?: number | undefined;
    cause?: unknown;
  }) {
    super(parts.detail, { cause: parts.cause });
    this.status = parts.status;
    this.problem = parts.problem;
    this.fields = parts.fields ?? {};
    this.retryAfterMs = parts.retryAfterMs;
  }
}

/** Reads an answer that is no success. */
export async function readError(response: Response): Promise<ApiError> {
  const { status, headers } = response;
  const seconds = Number(headers.get('Retry-After') ?? Number.NaN);
  const retryAfterMs = Number.isFinite(seconds) ? seconds * MS_PER_S : undefined;
  const body = (await response.json().catch(() => null)) as Partial<Problem> | null;
  if (typeof body?.type !== 'string' || !body.type.startsWith(PROBLEM_TYPE)) {
    return new ApiError({ status, problem: 'unknown', detail: `Status ${status}.`, retryAfterMs });
  }
  const { type, detail = `Status ${status}.`, errors = [] } = body;
  const fields = Object.fromEntries(errors.map(({ field, message }) => [field, message]));
  return new ApiError({ status, problem: type.slice(PROBLEM_TYPE.length), detail, fields, retryAfterMs });
}

/** The API of this version does not have the operation. */
export function isNotThere(error: unknown): boolean {
  return error instanceof ApiError && error.problem === 'no-such-path';
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
