import type { DeliveryPage, Statistics, Webhook } from '#libs/apiClient/answers.ts';
import { count, duration, plural, until } from '#libs/apiClient/format.ts';
import { safeText } from './safeText.ts';
import { type Column, lineRenderer, renderTable } from './table.ts';
import { dayAndTime, timeOfDay } from './times.ts';

/** A POST, and of which webhook. */
export interface Transmission {
  readonly webhookId: number;
  readonly delivery: DeliveryPage['items'][number];
}

type TransmissionColumn = Column<Transmission> & { readonly width: number };

const COLUMNS: readonly TransmissionColumn[] = [
  { title: 'WEBHOOK', value: ({ webhookId }) => String(webhookId), width: 7, isRight: true },
  { title: 'OUTCOME', value: ({ delivery }) => delivery.outcome, width: 9 },
  { title: 'ANSWER', value: ({ delivery }) => describeAnswer(delivery), width: 7 },
  { title: 'EVENTS', value: ({ delivery }) => count(delivery.events), width: 6, isRight: true },
  { title: 'ATTEMPT', value: ({ delivery }) => describeAttempts(delivery), width: 7, isRight: true },
  { title: 'TOOK', value: ({ delivery }) => duration(delivery.durationMs), width: 6, isRight: true },
];

const at = (show: (iso: string) => string, width: number): TransmissionColumn => {
  return { title: 'TIME', value: ({ delivery }) => show(delivery.at), width };
};

export function renderDeliveries(transmissions: readonly Transmission[]): string {
  if (transmissions.length === 0) return 'There is no delivery.';
  return renderTable([at(dayAndTime, 0), ...COLUMNS], transmissions);
}

export const liveDeliveries = lineRenderer([at(timeOfDay, 8), ...COLUMNS]);

/** What targets answered may repeat what they got, and is shown only when it is asked for. */
export function withoutBody(
  delivery: Transmission['delivery'],
): Omit<Transmission['delivery'], 'responseBody'> {
  const { responseBody: _, ...rest } = delivery;
  return rest;
}

/** What can be said of an event by the POSTs of a webhook that carried it, newest first. Pure. */
export function whereIsIt(
  { id, status }: Pick<Webhook, 'id' | 'status'>,
  deliveries: readonly Transmission['delivery'][],
  { pending, nextTry }: Pick<Statistics, 'pending' | 'nextTry'>,
  now: number,
): string {
  const arrived = deliveries.find(({ outcome }) => outcome === 'delivered');
  if (arrived) {
    return `Webhook ${id}: it was delivered at ${dayAndTime(arrived.at)}, attempt ${describeAttempts(arrived)}.`;
  }
  const [last] = deliveries;
  if (!last) {
    return pending === 0
      ? `Webhook ${id}: no POST has carried it, and nothing waits.`
      : `Webhook ${id}: no POST has carried it yet. ${plural(pending, 'event')} wait, perhaps it is among them.`;
  }
  const tries = `${plural(deliveries.length, 'POST')} carried it, the last one at ${dayAndTime(last.at)}`;
  const next =
    status === 'activated'
      ? `It is tried again${nextTry === null ? '' : ` ${until(nextTry, now)}`}.`
      : `The webhook is ${status}: nothing is tried.`;
  const more = pending === 0 ? 'Nothing waits any more: its time is over.' : next;
  return `Webhook ${id}: not delivered. ${tries}: ${safeText(describeAnswer(last))}. ${more}`;
}

/** `200`, `503`, `timeout`. */
function describeAnswer({ httpStatusCode, error }: Transmission['delivery']): string {
  return httpStatusCode === 0 ? (error ?? 'none') : String(httpStatusCode);
}

function describeAttempts({ attemptMin, attemptMax }: Transmission['delivery']): string {
  return attemptMin === attemptMax ? String(attemptMin) : `${attemptMin}–${attemptMax}`;
}
