import { setTimeout as sleep } from 'node:timers/promises';
import type { GuardedLookup } from '#libs/target/guardedLookup.ts';
import { hostOf } from '#libs/target/targetPolicy.ts';
import { ApiProblem } from './problem.ts';

/** A name server that takes longer keeps nobody waiting: the same check is made at each connection. */
const LOOKUP_TIMEOUT_MS = 2000;

/**
 * Refuses a target whose name leads to an address that is not public. A name that can't be resolved now is
 * accepted: a customer may set a webhook up before its host.
 */
export async function checkTargetHost(
  targetUrl: string,
  lookup: Pick<GuardedLookup, 'resolve'>,
): Promise<void> {
  const timer = new AbortController();
  const late = sleep(LOOKUP_TIMEOUT_MS, null, { signal: timer.signal }).catch(() => null);
  const answer = await Promise.race([lookup.resolve(hostOf(new URL(targetUrl))), late]);
  timer.abort();
  if (!answer || answer.ok || answer.error.code !== 'blocked') return;
  const message = 'must be at a public address, but its host name leads to one that is not';
  throw new ApiProblem('invalid-request', `targetUrl ${message}.`, {
    errors: [{ field: 'targetUrl', message }],
  });
}
