import { appendFileSync, closeSync, openSync, readFileSync } from 'node:fs';

/**
 * What happened, on disk and outside of Redis: each process appends lines to a file of its own, and a line is
 * written before the step that it makes sure of, so that a kill -9 leaves no step unwritten.
 *
 *   producer   P parcel clientId type events created sentAt     before the events are published
 *              A parcel at index,index…                         acknowledged, but for these
 *              U parcel at                                      unknown: they may be in the queue
 *              F parcel at                                      failed: they were never sent
 *   receiver   post at endpoint revision a|r parcel.index:attempt,…   before a 200 (a), or whatever else came of it (r)
 *              post sent                                              the 200 is on its way
 *
 * The id of an event is `parcel.index`. Times are epoch ms.
 */
export class LedgerFile {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, 'a');
  }

  append(...fields: readonly (string | number)[]): void {
    appendFileSync(this.#file, `${fields.join(' ')}\n`);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Events that were published in one call. */
export interface Parcel {
  readonly id: string;
  readonly clientId: number;
  readonly type: string;
  readonly events: number;
  readonly created: number;
  readonly sentAt: number;
  outcome: 'acknowledged' | 'unknown' | 'failed';
  /** When the producer knew. */
  knownAt: number;
  /** Indexes of those that an acknowledgement left out. */
  missing: ReadonlySet<number>;
}

/** One POST as the receiver saw it. */
export interface Post {
  readonly at: number;
  readonly endpoint: string;
  readonly revision: number;
  readonly accepted: boolean;
  /** The 200 left the receiver. It may have died before: then Postrider cannot know, and has to send again. */
  readonly answered: boolean;
  readonly events: readonly { readonly parcel: string; readonly index: number; readonly attempt: number }[];
}

export function eventId(parcel: string, index: number): string {
  return `${parcel}.${index}`;
}

export function readParcels(paths: readonly string[]): Map<string, Parcel> {
  const parcels = new Map<string, Parcel>();
  for (const line of linesOf(paths)) readProducerLine(line, parcels);
  return parcels;
}

function readProducerLine(line: string, parcels: Map<string, Parcel>): void {
  const [kind = '', id = '', ...rest] = line.split(' ');
  if (kind === 'P') {
    const [clientId, type = '', events, created, sentAt] = rest;
    parcels.set(id, {
      id,
      clientId: Number(clientId),
      type,
      events: Number(events),
      created: Number(created),
      sentAt: Number(sentAt),
      outcome: 'unknown',
      knownAt: Number.POSITIVE_INFINITY,
      missing: new Set(),
    });
    return;
  }
  const parcel = parcels.get(id);
  if (!parcel) throw new Error(`The ledger answers for a parcel that it does not name: ${line}`);
  parcel.knownAt = Number(rest[0]);
  parcel.outcome = kind === 'A' ? 'acknowledged' : kind === 'F' ? 'failed' : 'unknown';
  if (rest[1]) parcel.missing = new Set(rest[1].split(',').map(Number));
}

export function* readPosts(paths: readonly string[]): Generator<Post> {
  const answered = new Set<string>();
  for (const line of linesOf(paths)) if (line.endsWith(' sent')) answered.add(line.slice(0, -' sent'.length));
  for (const line of linesOf(paths)) {
    const [post = '', at, endpoint = '', revision, verdict, events = ''] = line.split(' ');
    if (at === 'sent') continue;
    yield {
      at: Number(at),
      endpoint,
      revision: Number(revision),
      accepted: verdict === 'a',
      answered: answered.has(post),
      events: events === '' ? [] : events.split(',').map(parseEventRef),
    };
  }
}

function parseEventRef(text: string) {
  const dot = text.indexOf('.');
  const colon = text.indexOf(':', dot);
  return {
    parcel: text.slice(0, dot),
    index: Number(text.slice(dot + 1, colon)),
    attempt: Number(text.slice(colon + 1)),
  };
}

/** A line that a kill cut off in the middle belongs to a step that was not taken. */
function* linesOf(paths: readonly string[]): Generator<string> {
  for (const path of paths) {
    const lines = readFileSync(path, 'utf8').split('\n');
    yield* lines.slice(0, -1);
  }
}
