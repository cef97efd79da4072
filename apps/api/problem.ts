import type { Response } from 'express';

/** Every error that the API can answer with, once (RFC 9457). The name becomes the problem's `type`. */
export const PROBLEMS = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'malformed-request': { status: 400, title: 'The request could not be read' },
  'wrong-status': { status: 400, title: "The webhook's status does not allow this" },
  'not-verifiable': { status: 400, title: 'Webhooks of this type cannot be verified' },
  unauthorized: { status: 401, title: 'Valid credentials are needed' },
  forbidden: { status: 403, title: 'These credentials do not allow this' },
  'cross-site': { status: 403, title: 'Another web site must not do this' },
  'no-such-path': { status: 404, title: 'There is nothing at this path' },
  'no-such-webhook': { status: 404, title: 'There is no such webhook' },
  'method-not-allowed': { status: 405, title: 'This path does not know that method' },
  'foreign-webhook': { status: 409, title: 'The webhook belongs to another client' },
  'limit-reached': { status: 409, title: "The client's limit of webhooks is reached" },
  'key-in-use': { status: 409, title: 'A request with this key is under way' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body has a type that is not supported' },
  'key-reused': { status: 422, title: 'The key belongs to another request' },
  'too-many-requests': { status: 429, title: 'There are too many requests' },
  internal: { status: 500, title: 'Something went wrong here' },
  unavailable: { status: 503, title: 'A part of the system cannot be reached' },
} as const;

export type ProblemName = keyof typeof PROBLEMS;

export interface FieldError {
  readonly field: string;
  readonly message: string;
}

interface Particulars {
  /** All wrong fields at once. */
  readonly errors?: readonly FieldError[];
  /** Further members of the problem. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown by a handler to answer with a problem. `detail` tells the caller what to do about it. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly problem: ProblemName;
  readonly particulars: Particulars;

  constructor(problem: ProblemName, detail: string, particulars: Particulars = {}) {
    super(detail);
    this.problem = problem;
    this.particulars = particulars;
  }
}

export function sendProblem(response: Response, { problem, message, particulars }: ApiProblem): void {
  const { status, title } = PROBLEMS[problem];
  const { errors, members, headers } = particulars;
  const body = {
    type: `urn:postrider:problem:${problem}`,
    title,
    status,
    detail: message,
    ...(errors && { errors }),
    ...members,
  };
  response.status(status).set(headers ?? {});
  response.type('application/problem+json').send(JSON.stringify(body));
}
