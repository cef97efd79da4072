import { ApiError } from '#libs/apiClient/apiError.ts';
import { safeText } from './safeText.ts';

/** What to do about it, where the API's own words don't say. */
const ADVICE: Readonly<Record<string, string>> = {
  unauthorized: 'Check POSTRIDER_USER and POSTRIDER_PASSWORD.',
  forbidden: 'Check POSTRIDER_CLIENT: this user acts for other clients.',
  'no-such-webhook': 'See which there are: webhooks list',
  'foreign-webhook': 'Check POSTRIDER_CLIENT.',
  'no-answer': 'Check POSTRIDER_URL, and whether the API runs.',
  'no-such-path': 'Check POSTRIDER_URL; or this Postrider is too old for the command.',
  unknown: 'Check POSTRIDER_URL: what answers there is no Postrider.',
};

/** An error in words: what, which value, and what to do. Never a password. */
export function explain(error: Error): string {
  const what = safeText(error.message);
  if (!(error instanceof ApiError)) return what;
  const reason = reasonOf(error.cause);
  const advice = ADVICE[error.problem];
  return `${what}${reason && ` (${safeText(reason)})`}${advice ? `\n${advice}` : ''}`;
}

/** Why no answer came: `ECONNREFUSED`, `ENOTFOUND`, … */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return '';
  if ('code' in cause && typeof cause.code === 'string') return cause.code;
  if (cause.name === 'TimeoutError') return 'time-out';
  return cause.cause === undefined ? cause.message : reasonOf(cause.cause);
}
