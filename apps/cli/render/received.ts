import { plural } from '#libs/apiClient/format.ts';
import type { ReceivedEvent } from '#libs/receiver/events.ts';
import { safeJson, safeText } from './safeText.ts';
import { dayAndTime, timeOfDay } from './times.ts';

/** A POST that came in. */
export interface Received {
  /** Epoch ms. */
  readonly at: number;
  readonly path: string;
  /** What it is answered with. */
  readonly status: number;
  /** How many came. */
  readonly events: number;
  /** Those of them that were not taken before. */
  readonly fresh: readonly ReceivedEvent[];
}

/** What tells events apart, and nothing of who the recipient is. */
const SHOWN = ['type', 'clientId', 'created', 'attempt', 'id', 'mailId', 'mailingId'] as const;

export function summaryOf(event: ReceivedEvent): Readonly<Record<string, unknown>> {
  return Object.fromEntries(SHOWN.flatMap((field) => (field in event ? [[field, event[field]]] : [])));
}

/** A line for the POST, and one for each event that is new. Pure. */
export function renderReceived(received: Received, { full }: { readonly full: boolean }): string {
  const { at, path, status, events, fresh } = received;
  const repeated = events - fresh.length;
  const before = repeated > 0 && status === 200 ? `, ${repeated} of them here before` : '';
  const time = timeOfDay(new Date(at).toISOString());
  const head = `${time}  ${status}  ${safeText(path)}  ${plural(events, 'event')}${before}`;
  const lines = fresh.map((event) => `  ${full ? safeJson(event) : renderEvent(event)}`);
  return [head, ...lines].join('\n');
}

function renderEvent({ type, clientId, created, attempt, id, mailId, mailingId }: ReceivedEvent): string {
  const more = Object.entries({ id, mailId, mailingId })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `  ${name} ${String(value)}`);
  const at = dayAndTime(new Date(created).toISOString());
  return safeText(`${type}  client ${clientId}  ${at}  attempt ${attempt}${more.join('')}`);
}
