import { DelayedError, type Job, UnrecoverableError } from 'bullmq';
import type { EventType } from '#libs/domain/eventType.ts';
import type { Committed, JobEvents } from './commitRoutes.ts';
import { jobNumber } from './fetchedJobs.ts';
import { JobHold } from './jobHold.ts';
import { describeRejected, parseJobData, type ReadableJob } from './parseJobData.ts';

/** Counts; nothing else of the events. */
export interface RouterObserver {
  /** Valid events, once they are routed. */
  received(type: EventType, events: number): void;
  rejected(type: EventType, events: number): void;
}

export interface RouteJobParts {
  readonly type: EventType;
  /** In which the job was fetched. */
  readonly round: number;
  readonly clock: () => number;
  readonly lockMs: number;
  readonly commit: (job: JobEvents) => Promise<Committed>;
  readonly observer: RouterObserver;
  readonly onRejected: (events: number, reason: string) => void;
  readonly onPostponed: (error: unknown) => void;
}

const POSTPONE_MS = 1_000;
/** Rejected events wait for a person: a week, and as many jobs as Redis can well hold. */
const KEEP_FAILED = { age: 7 * 24 * 60 * 60, count: 1_000 };

/**
 * A job of an `events-<type>` queue comes in; its valid events go out through `commit`. What a job ends as:
 *
 *   all events written                       → completed, and gone
 *   invalid ones among them                  → failed for good, reduced to the invalid ones
 *   not an event nor { events }              → failed for good, as it is
 *   events of clients that can't be looked up, or nothing can be written now
 *                                            → delayed, reduced to what is not written yet, and run again
 *   even that is impossible (Redis is away)  → left to stall, and run again
 *   it is another worker's by now            → left to that one
 *
 * Nothing else may throw: with options that a producer has chosen, a failed job might be gone.
 */
export async function routeJob(job: Job<unknown>, token: string, parts: RouteJobParts): Promise<void> {
  takeOver(job);
  const hold = new JobHold({ job, token, lockMs: parts.lockMs, clock: parts.clock });
  const ending = await settle(job, hold, parts).catch((error: unknown) => ({
    kind: 'postponed' as const,
    error,
  }));
  switch (ending.kind) {
    case 'completed':
      return;
    case 'rejected':
      parts.observer.rejected(parts.type, ending.events);
      parts.onRejected(ending.events, ending.reason);
      throw new UnrecoverableError(ending.reason);
    case 'lost':
      throw new DelayedError();
    case 'postponed':
      parts.onPostponed(ending.error);
      await job.moveToDelayed(parts.clock() + POSTPONE_MS, token).catch(parts.onPostponed);
      throw new DelayedError();
  }
}

type Ending =
  | { readonly kind: 'completed' | 'lost' }
  | { readonly kind: 'rejected'; readonly events: number; readonly reason: string }
  | { readonly kind: 'postponed'; readonly error: unknown };

/** What the producer has set for the end of its job would come before our own rules, and might lose it. */
function takeOver(job: Job<unknown>): void {
  job.opts.removeOnComplete = true;
  job.opts.removeOnFail = KEEP_FAILED;
  job.opts.stackTraceLimit = 0;
}

async function settle(job: Job<unknown>, hold: JobHold, parts: RouteJobParts): Promise<Ending> {
  const read = parseJobData(job.data, parts.type);
  if (read.ok) return commitValid(job, read, hold, parts);
  // Data that was not JSON is kept as a text: as it was, the failed set could not be listed.
  await job.updateData(job.data);
  return { kind: 'rejected', events: 1, reason: read.reason };
}

/** Writes the valid events first, then reduces the job to those that are left. */
async function commitValid(
  job: Job<unknown>,
  { values, parsed }: ReadableJob,
  hold: JobHold,
  { type, round, commit, observer }: RouteJobParts,
): Promise<Ending> {
  const events = parsed.flatMap((each) => (each.ok ? [each.event] : []));
  const startedBefore = job.attemptsStarted > 1 || job.stalledCounter > 0;
  const place = { round, priority: job.priority, number: jobNumber(job.id) };
  const jobEvents = { events, place, addedAt: job.timestamp, startedBefore, hold };
  const { unknownClients, lost } = events.length > 0 ? await commit(jobEvents) : NOTHING_TO_COMMIT;
  if (lost.has(jobEvents)) return { kind: 'lost' };

  const left = values.filter((_, index) => {
    const each = parsed[index];
    return !each?.ok || unknownClients.has(each.event.clientId);
  });
  if (left.length > 0 && left.length < values.length) await job.updateData({ events: left });

  const reasons = parsed.flatMap((each) => (each.ok ? [] : [each.reason]));
  const postponed = left.length - reasons.length;
  if (events.length > postponed) observer.received(type, events.length - postponed);
  if (postponed > 0) {
    return { kind: 'postponed', error: new Error(`the clients of ${postponed} events can't be looked up`) };
  }
  if (reasons.length === 0) return { kind: 'completed' };
  const reason = describeRejected(reasons, values.length);
  return { kind: 'rejected', events: reasons.length, reason };
}

const NOTHING_TO_COMMIT: Committed = { unknownClients: new Set(), lost: new Set() };
