import { setTimeout as sleep } from 'node:timers/promises';

const POLL_INTERVAL_MS = 10;
const DEFAULT_TIMEOUT_MS = 40_000;

type Truthy<T> = Exclude<T, false | 0 | '' | null | undefined>;

/** Polls until `condition` holds (returns something truthy) and returns that; fails by name when it never does. */
export async function waitUntil<T>(
  condition: () => T | Promise<T>,
  { what, timeoutMs = DEFAULT_TIMEOUT_MS }: { readonly what: string; readonly timeoutMs?: number },
): Promise<Truthy<T>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const result = await condition();
    if (result) return result as Truthy<T>;
    if (performance.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain for: ${what}`);
    await sleep(POLL_INTERVAL_MS);
  }
}
