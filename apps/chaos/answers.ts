import type { Behaviour } from './endpoints.ts';

/** What an endpoint does with a POST, after `delayMs`. Only a `status` of 200 accepts the events. */
export type Answer =
  | { readonly kind: 'status'; readonly status: number; readonly delayMs: number }
  | { readonly kind: 'hang' }
  | { readonly kind: 'reset' };

const SLOW_MS = 500;
/** How long after the sender's time-out a late answer comes. */
const LATE_BY_MS = 500;

const status = (code: number, delayMs = 0): Answer => ({ kind: 'status', status: code, delayMs });

export function answerOf(request: {
  behaviour: Behaviour;
  bad: boolean;
  poisoned: boolean;
  timeoutMs: number;
}): Answer {
  const { behaviour, bad, poisoned, timeoutMs } = request;
  switch (behaviour) {
    case 'always500':
      return status(500);
    case 'picky':
      return status(poisoned ? 400 : 200);
    case 'slow':
      return status(200, SLOW_MS);
    case 'steady':
    case 'movingName':
    case 'closedPort':
      return status(200);
  }
  if (!bad) return status(200);
  switch (behaviour) {
    case 'status500':
      return status(500);
    case 'status204':
      return status(204);
    case 'late':
      return status(200, timeoutMs + LATE_BY_MS);
    case 'hang':
      return { kind: 'hang' };
    case 'reset':
    case 'lostAnswer':
      return { kind: 'reset' };
  }
}
