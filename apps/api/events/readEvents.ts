import { parseEvent } from '#libs/domain/event.ts';
import type { MailEvent } from '#libs/publisher/publisher.ts';
import { ApiProblem } from '../problem.ts';
import type { EventsBody } from './receiveBody.ts';

/** In one request, as in one job of a queue (contract §2). */
export const MAX_EVENTS = 1_000;

export interface Rejected {
  /** Where in the request, from 0; blank lines of NDJSON don't count. */
  readonly index: number;
  readonly reason: string;
}

export interface ReadEvents {
  readonly events: readonly MailEvent[];
  readonly rejected: readonly Rejected[];
}

/** What stands where an event should: its value, or why it is none. */
type Candidate = { readonly value: unknown } | { readonly reason: string };

/** Tells the events that can be queued for `clientId` from those that can't, each with its reason. Pure. */
export function readEvents(body: EventsBody, clientId: number): ReadEvents {
  const candidates = body.format === 'json' ? fromJson(textOf(body)) : fromLines(textOf(body));
  if (candidates.length > MAX_EVENTS) {
    const detail = `A request may have at most ${MAX_EVENTS} events; this one has ${candidates.length}.`;
    throw new ApiProblem('body-too-large', detail);
  }
  const events: MailEvent[] = [];
  const rejected: Rejected[] = [];
  candidates.forEach((candidate, index) => {
    const reason = 'reason' in candidate ? candidate.reason : problemOf(candidate.value, clientId);
    if (reason === null && 'value' in candidate) events.push(candidate.value as MailEvent);
    else rejected.push({ index, reason: reason ?? '' });
  });
  return { events, rejected };
}

/** By the router's own rules; a client's events come by its own path. */
function problemOf(value: unknown, clientId: number): string | null {
  const parsed = parseEvent(value);
  if (!parsed.ok) return parsed.reason;
  const { clientId: own } = parsed.event;
  return own === clientId ? null : `"clientId" must be ${clientId}, as in the path, got ${own}`;
}

function textOf({ bytes }: EventsBody): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ApiProblem('malformed-request', 'The body is not UTF-8.');
  }
}

function fromJson(text: string): Candidate[] {
  const body = parse(text);
  if (Array.isArray(body)) return body.map((value) => ({ value }));
  if (typeof body !== 'object' || body === null) {
    throw new ApiProblem(
      'malformed-request',
      'The body must be a JSON array of events, or { "events": [ … ] }.',
    );
  }
  const { events } = body as { readonly events?: unknown };
  if (Array.isArray(events)) return events.map((value) => ({ value }));
  throw new ApiProblem('invalid-request', 'events must be a list of events.', {
    errors: [{ field: 'events', message: 'must be a list' }],
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiProblem('malformed-request', 'The body is not valid JSON.');
  }
}

/** A line that can't be read is rejected alone: the others are fine. */
function fromLines(text: string): Candidate[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => {
    try {
      return { value: JSON.parse(line) as unknown };
    } catch {
      return { reason: 'the line is not valid JSON' };
    }
  });
}
