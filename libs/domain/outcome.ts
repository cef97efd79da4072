/**
 * What became of one POST to a target. An expected failure is a value, never an exception, so that every
 * caller has to say what it does with each of them.
 */
export type Outcome = Accepted | Refused | Unreachable | Blocked;

/** Status 200 and nothing else (contract §3). */
export interface Accepted {
  readonly kind: 'accepted';
  readonly httpStatusCode: 200;
  readonly responseBody: string;
  readonly durationMs: number;
}

/** The target answered, but not with 200. Redirects are answers too: they are not followed. */
export interface Refused {
  readonly kind: 'refused';
  readonly httpStatusCode: number;
  readonly responseBody: string;
  readonly durationMs: number;
  /** From a `Retry-After` header on 429 or 503, in ms from now. */
  readonly retryAfterMs?: number;
}

export type UnreachableError = 'dns' | 'refused' | 'reset' | 'timeout' | 'tls';

/** No answer came. `message` is for a person and holds neither a credential nor a recipient address. */
export interface Unreachable {
  readonly kind: 'unreachable';
  readonly error: UnreachableError;
  readonly message: string;
  readonly durationMs: number;
}

/** Never sent: the target's address is not allowed by the target policy. */
export interface Blocked {
  readonly kind: 'blocked';
  readonly message: string;
  readonly durationMs: number;
}

/** The one-word error of contract §5, or null when the target accepted. */
export type TransmissionError = UnreachableError | 'blocked' | 'status';

export function transmissionError(outcome: Outcome): TransmissionError | null {
  switch (outcome.kind) {
    case 'accepted':
      return null;
    case 'refused':
      return 'status';
    case 'unreachable':
      return outcome.error;
    case 'blocked':
      return 'blocked';
  }
}

/** 0 when no answer came (contract §1, Verification). */
export function httpStatusCode(outcome: Outcome): number {
  return 'httpStatusCode' in outcome ? outcome.httpStatusCode : 0;
}
