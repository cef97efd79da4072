import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { EventType } from '#libs/domain/eventType.ts';
import { pagesOf } from '#libs/domain/pagesOf.ts';

/**
 * Up to 100 events of one webhook and type as they wait: serialised once by the router, compressed, and never
 * parsed again. `json` is what the POST's array holds, for the first attempt: `{…,"attempt":1},⏎{…,"attempt":1}`.
 * JSON text holds no raw line break, so that a line is an event, and other attempts can be written by exchanging
 * the lines' ends. All work on it is on bytes: they may be UTF-8, but every byte that matters here is ASCII.
 */
export interface Chunk {
  readonly type: EventType;
  /** Epoch ms from which each event's time to live counts: its `created`, or when it was resent. */
  readonly clocks: readonly number[];
  readonly json: Buffer;
}

const FIRST_ATTEMPT = ',"attempt":1}';
const SEPARATOR = ',\n';

const ZSTD_MAGIC = 0x28b52ffd;
/**
 * A frame costs a busy worker 110 µs to write and to read, however little is in it. A chunk of a few events becomes
 * 70 to 300 bytes smaller by it for each, and many webhooks that get an event now and then have such chunks only.
 */
const COMPRESS_FROM_BYTES = 4_096;
/** Level 1: 55 bytes for one of the seed's open events, in 0.5 µs; higher levels cost more than they save. */
const ZSTD_OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
/** Bytes that are unpacked at a time: most chunks as a whole, which spares putting their pieces together. */
const UNZSTD_OPTIONS = { chunkSize: 65_536 };

/** `text` of an event is its JSON without `attempt` and closing brace, as libs/domain/event.ts leaves it. */
export function packChunk(type: EventType, events: readonly { created: number; text: string }[]): Chunk {
  return {
    type,
    clocks: events.map(({ created }) => created),
    json: Buffer.from(events.map(({ text }) => text + FIRST_ATTEMPT).join(SEPARATOR)),
  };
}

/**
 * As it is stored: a line with a JSON array of the type and the clocks (the first in epoch ms, the others as the
 * difference to the one before), then the events; compressed by zstd when that pays.
 */
export function encodeChunk({ type, clocks, json }: Chunk): Buffer {
  const header = [type, ...clocks.map((clock, i) => clock - (clocks[i - 1] ?? 0))];
  const plain = Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), json]);
  return plain.length < COMPRESS_FROM_BYTES ? plain : zstdCompressSync(plain, ZSTD_OPTIONS);
}

export function decodeChunk(bytes: Buffer): Chunk {
  const compressed = bytes.length >= 4 && bytes.readUInt32BE(0) === ZSTD_MAGIC;
  const plain = compressed ? zstdDecompressSync(bytes, UNZSTD_OPTIONS) : bytes;
  const headerEnd = plain.indexOf('\n');
  const [type, ...steps] = JSON.parse(plain.toString('latin1', 0, headerEnd)) as [EventType, ...number[]];
  let clock = 0;
  const clocks = steps.map((step) => {
    clock += step;
    return clock;
  });
  return { type, clocks, json: plain.subarray(headerEnd + 1) };
}

/** The chunk's events for the POST's array, in their attempt-th transmission. */
export function jsonOfAttempt({ json }: Chunk, attempt: number): Buffer {
  if (attempt === 1) return json;
  const ending = `,"attempt":${attempt}}`;
  const lines = json.toString('latin1').replaceAll(FIRST_ATTEMPT + SEPARATOR, ending + SEPARATOR);
  return Buffer.from(lines.slice(0, -FIRST_ATTEMPT.length) + ending, 'latin1');
}

export function oldestClock({ clocks }: Pick<Chunk, 'clocks'>): number {
  return clocks.reduce((oldest, clock) => Math.min(oldest, clock), Number.POSITIVE_INFINITY);
}

/** The events of `chunk` at the given positions. */
export function pick(chunk: Chunk, positions: readonly number[]): Chunk {
  const lines = linesOf(chunk);
  return {
    type: chunk.type,
    clocks: positions.map((at) => chunk.clocks[at] ?? 0),
    json: joinLines(positions.map((at) => lines[at] ?? '')),
  };
}

/** `chunk` cut into consecutive pieces of at most `size` events. */
export function cut({ type, clocks, json }: Chunk, size: number): Chunk[] {
  const clocksOf = pagesOf(clocks, size);
  return pagesOf(linesOf({ json }), size).map((lines, piece) => {
    return { type, clocks: clocksOf[piece] ?? [], json: joinLines(lines) };
  });
}

/** The events of chunks of one type in one. */
export function joinChunks(type: EventType, chunks: readonly Chunk[]): Chunk {
  return {
    type,
    clocks: chunks.flatMap(({ clocks }) => clocks),
    json: joinLines(chunks.flatMap(linesOf)),
  };
}

/** Its events in their order, each as the JSON of its first attempt, UTF-8 bytes as a latin1 text. */
export function linesOf({ json }: Pick<Chunk, 'json'>): string[] {
  return json.toString('latin1').split(SEPARATOR);
}

function joinLines(lines: readonly string[]): Buffer {
  return Buffer.from(lines.join(SEPARATOR), 'latin1');
}
