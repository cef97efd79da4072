import type { ReceivedEvent } from '#libs/testing/customer.ts';
import { type EngineEvent, makeEvent } from '#libs/testing/fixtures.ts';

/** Fresh events that differ by `n`, from `first` (1 unless given) on. */
export function numbered(count: number, overrides: Partial<EngineEvent> & { readonly first?: number } = {}) {
  const { first = 1, ...fields } = overrides;
  return Array.from({ length: count }, (_, index) => makeEvent({ ...fields, n: first + index }));
}

export function numbersOf(events: readonly ReceivedEvent[]): unknown[] {
  return events.map(({ n }) => n);
}

export function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
