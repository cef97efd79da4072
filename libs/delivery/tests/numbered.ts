import { type Event, parseEvent } from '#libs/domain/event.ts';
import type { Customer, Script } from '#libs/testing/customer.ts';
import { makeEvent } from '#libs/testing/fixtures.ts';

/** Events that tests tell apart by their number `n`. */
interface Numbered {
  readonly n: number;
  readonly attempt: number;
}

export function numbered(n: number, created: number): Event {
  const made = makeEvent({ n, created });
  const parsed = parseEvent(made, made.type);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.event;
}

export function eventsOf({ body }: { readonly body: unknown }): readonly Numbered[] {
  return body as readonly Numbered[];
}

export function numbersOf(request: { readonly body: unknown }): number[] {
  return eventsOf(request).map(({ n }) => n);
}

export function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

/** An endpoint that refuses every batch with one of these events in it, and takes all others. */
export function refusing(...poison: readonly number[]): Script {
  return (request) => (numbersOf(request).some((n) => poison.includes(n)) ? { status: 422 } : {});
}

/** The events that an endpoint has taken, each as often as it took it. */
export function taken(customer: Customer): number[] {
  const accepted = customer.requests.filter(
    ({ answer }) => (answer.status ?? 200) === 200 && !answer.instead,
  );
  return accepted.flatMap(numbersOf);
}
