import { DelayedError, type Job, UnrecoverableError } from 'bullmq';
import type { EventType } from '#libs/domain/eventType.ts';
import type { Committed, JobEvents } from './commitRoutes.ts';
import { describeRejected, parseJobData, type ReadableJob } from './parseJobData.ts';

/** Counts; nothing else of the events. */
export interface RouterObserver {
  /** Valid events, once they are routed. */
  received(type: EventType, events: number): void;
  rejected(type: EventType, events: number): void;
}

export interface RouteJobParts {
  readonly type: EventType;
  readonly clock: () => number;
  readonly commit: (job: JobEvents) => Promise<Committed>;
  readonly observer: RouterObserver;
  readonly onRejected: (events: number, reason: string) => void;
  readonly onPostponed: (error: unknown) => void;
}

const POSTPONE_MS = 1_000;

/**
 * A job of an `events-<type>` queue comes in; its valid events go out through `commit`. What a job ends as:
 *
 *   all events written                       → completed, and gone
 *   invalid ones among them                  → failed for good, reduced to the invalid ones
 *   not an event nor { events }              → failed for good, as it is
 *   events of clients that can't be looked up, or nothing can be written now
 *                                            → delayed, reduced to what is not written yet, and run again
 *   even that is impossible (Redis is away)  → left to stall, and run again
 *
 * Nothing else may throw: with options that a producer has chosen, a failed job might be gone.
 */
export async function routeJob(job: Job<unknown>, token: string, parts: RouteJobParts): Promise<void> {
  takeOver(job);
  const read = parseJobData(job.data, parts.type);
  if (!read.ok) return reject(1, read.reason, parts);
  let left: LeftOver;
  try {
    left = await commitValid(job, read, parts);
  } catch (error) {
    return postpone(job, token, error, parts);
  }
  if (left.postponed > 0) {
    const clients = new Error(`the clients of ${left.postponed} events can't be looked up`);
    return postpone(job, token, clients, parts);
  }
  if (left.reasons.length > 0) {
    reject(left.reasons.length, describeRejected(left.reasons, read.values.length), parts);
  }
}

interface LeftOver {
  readonly reasons: readonly string[];
  readonly postponed: number;
}

/** Writes the valid events first, then reduces the job to those that are left. */
async function commitValid(
  job: Job<unknown>,
  { values, parsed }: ReadableJob,
  { type, commit, observer }: RouteJobParts,
): Promise<LeftOver> {
  const events = parsed.flatMap((each) => (each.ok ? [each.event] : []));
  const startedBefore = job.attemptsStarted > 1 || job.stalledCounter > 0;
  const { unknownClients } = events.length > 0 ? await commit({ events, startedBefore }) : NOTHING_UNKNOWN;
  const isPostponed = (index: number) => {
    const each = parsed[index];
    return each?.ok === true && unknownClients.has(each.event.clientId);
  };
  const left = values.filter((_, index) => parsed[index]?.ok === false || isPostponed(index));
  if (left.length > 0 && left.length < values.length) await job.updateData({ events: left });
  const postponed = unknownClients.size > 0 ? values.filter((_, index) => isPostponed(index)).length : 0;
  if (events.length > postponed) observer.received(type, events.length - postponed);
  return { postponed, reasons: parsed.flatMap((each) => (each.ok ? [] : [each.reason])) };
}

const NOTHING_UNKNOWN: Committed = { unknownClients: new Set() };

/** What the producer has set for the end of its job would come before our own rules, and might lose it. */
function takeOver(job: Job<unknown>): void {
  delete job.opts.removeOnComplete;
  delete job.opts.removeOnFail;
  job.opts.stackTraceLimit = 0;
}

function reject(events: number, reason: string, { type, observer, onRejected }: RouteJobParts): never {
  observer.rejected(type, events);
  onRejected(events, reason);
  throw new UnrecoverableError(reason);
}

async function postpone(
  job: Job<unknown>,
  token: string,
  error: unknown,
  { clock, onPostponed }: RouteJobParts,
): Promise<never> {
  onPostponed(error);
  try {
    await job.moveToDelayed(clock() + POSTPONE_MS, token);
  } catch (moveError) {
    onPostponed(moveError);
  }
  throw new DelayedError();
}
