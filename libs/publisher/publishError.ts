import type { MailEvent } from './mailEvent.ts';

/**
 * Why events are not (known to be) in a queue. `events` are those to publish again; one of them may have
 * arrived all the same when the connection broke at the wrong moment, and then comes twice.
 */
export class PublishError extends Error {
  override readonly name = 'PublishError';
  readonly events: readonly MailEvent[];

  constructor(reason: string, events: readonly MailEvent[], cause?: unknown) {
    super(`${events.length} event(s) not queued: ${reason}`, { cause });
    this.events = events;
  }
}

/** The failures that a producer has to tell apart, in words. */
export function describeFailure(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (/OOM/.test(message)) return 'Redis is full (maxmemory is reached)';
  if (/ECONN|EPIPE|isn't writeable|Connection is closed|max retries/i.test(message)) {
    return `Redis is not reachable (${message})`;
  }
  if (/timed out/i.test(message)) return `Redis did not answer in time (${message})`;
  return message;
}
