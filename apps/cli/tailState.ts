import type { DeliveryPage } from '#libs/apiClient/answers.ts';

type Delivery = DeliveryPage['items'][number];

/** What is known of a webhook's deliveries. */
export interface LiveState {
  /** When the newest one that was seen began, epoch ms; null: there was none. */
  readonly newestAt: number | null;
  /** The ids of those within reach that were seen. */
  readonly seen: ReadonlySet<number>;
}

/**
 * A POST is in the log when it has ended, at the time when it began: what took long comes late, among older ones. So
 * each look goes back by more than a POST takes. All times are the server's.
 */
const REACH_MS = 2 * 60_000;

/** From when on to look; undefined: from the begin. Pure. */
export function nextQuery(state: LiveState | undefined): { readonly from?: string } {
  if (state === undefined || state.newestAt === null) return {};
  return { from: new Date(state.newestAt - REACH_MS).toISOString() };
}

/** Which of what a look has found were not there before, and what is known from now on. Pure. */
export function newOnes(
  state: LiveState | undefined,
  found: readonly Delivery[],
): { readonly fresh: readonly Delivery[]; readonly next: LiveState } {
  const times = found.map(({ at }) => Date.parse(at));
  const newestAt = times.reduce<number | null>(
    (newest, at) => (newest === null || at > newest ? at : newest),
    state?.newestAt ?? null,
  );
  const fresh = found.filter(({ id }) => !state?.seen.has(id));
  return { fresh, next: { newestAt, seen: new Set(found.map(({ id }) => id)) } };
}
