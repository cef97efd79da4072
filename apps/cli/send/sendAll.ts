import { setTimeout as sleep } from 'node:timers/promises';
import type { QueuedEvents } from '#libs/apiClient/answers.ts';
import { ApiError } from '#libs/apiClient/apiError.ts';
import { count } from '#libs/apiClient/format.ts';
import { Refused } from '../usage.ts';
import type { EventLine } from './eventFile.ts';
import type { NameKey } from './keys.ts';

export interface Report {
  readonly accepted: number;
  readonly rejected: readonly { readonly place: string; readonly reason: string }[];
}

export interface SendParts {
  queue(lines: readonly string[], key: string): Promise<QueuedEvents>;
  readonly nameKey: NameKey;
  readonly signal: AbortSignal;
  say(line: string): void;
  onProgress(report: Report): void;
}

/** Of one request. With the waits between them, for two minutes. */
const MAX_TRIES = 10;
const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 30_000;

/** Events come in, in requests' worth; they go to the API one request after another, until it has answered each. */
export async function sendAll(
  batches: AsyncIterable<readonly EventLine[]>,
  parts: SendParts,
): Promise<Report> {
  const rejected: { place: string; reason: string }[] = [];
  let accepted = 0;
  let index = 0;
  for await (const batch of batches) {
    const lines = batch.map(({ text }) => text);
    const answer = await sendPatiently(lines, parts.nameKey(index, lines), parts).catch((error: unknown) => {
      throw withProgress(error, accepted, batch[0]);
    });
    accepted += answer.accepted;
    for (const { index: position, reason } of answer.rejected) {
      rejected.push({ place: batch[position]?.place ?? `event ${position + 1} of a request`, reason });
    }
    index += 1;
    parts.onProgress({ accepted, rejected });
  }
  return { accepted, rejected };
}

/** By the key, a request whose answer got lost can be sent again. */
async function sendPatiently(
  lines: readonly string[],
  key: string,
  { queue, signal, say }: SendParts,
): Promise<QueuedEvents> {
  for (let tries = 1; ; tries += 1) {
    if (signal.aborted) throw new Refused('Stopped.');
    try {
      return await queue(lines, key);
    } catch (error) {
      if (signal.aborted) throw new Refused('Stopped.');
      if (!(error instanceof ApiError) || !isWorthAnother(error) || tries === MAX_TRIES) throw error;
      const waitMs = Math.min(error.retryAfterMs ?? FIRST_WAIT_MS * 2 ** (tries - 1), MAX_WAIT_MS);
      if (tries === 1) say(`${error.message} Trying again …`);
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

function isWorthAnother({ status, problem }: ApiError): boolean {
  return [0, 429, 503].includes(status) || problem === 'key-in-use';
}

function withProgress(error: unknown, accepted: number, first: EventLine | undefined): unknown {
  if (!(error instanceof ApiError) && !(error instanceof Refused)) return error;
  const again = 'Send the same file again: what was accepted is not queued twice.';
  return new Refused(
    `From ${first?.place} on, nothing was accepted: ${error.message}\n${count(accepted)} were accepted before. ${again}`,
    { cause: error },
  );
}
