import type { Statistics } from '#libs/apiClient/answers.ts';
import { isNotThere } from '#libs/apiClient/apiError.ts';
import { readStatistics } from '../api/webhooks.ts';

/** So many requests at a time: a client may have dozens of webhooks, and a browser has six connections. */
const AT_ONCE = 5;

/** The state of each webhook, without the hours that have passed. Whatever can't be read is missing. */
export async function statisticsOf(
  clientId: number,
  webhooks: readonly { readonly id: number }[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, Statistics>> {
  const found = new Map<number, Statistics>();
  const waiting = [...webhooks];
  const now = Date.now();
  const range = { from: new Date(now - 1).toISOString(), to: new Date(now).toISOString() };
  const readNext = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const ref = { clientId, id: next.id };
      try {
        found.set(next.id, await readStatistics(ref, range, signal));
      } catch (error) {
        if (signal.aborted) throw error;
        // A server without statistics has none for the others either.
        if (isNotThere(error)) waiting.length = 0;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, readNext));
  return found;
}
