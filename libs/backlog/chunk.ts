import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { EventType } from '#libs/domain/eventType.ts';

/**
 * Up to 100 events of one webhook and type as they wait: serialised once by the router, compressed, and never
 * parsed again. As text, the first line is a JSON array of the type and the clocks (the first in epoch ms, the
 * others as the difference to the one before); each further line is an event's JSON without its `attempt` and
 * closing brace. JSON text holds no raw line break, so the line break separates safely.
 */
export interface Chunk {
  readonly type: EventType;
  /** Epoch ms from which each event's time to live counts: its `created`, or when it was resent. */
  readonly clocks: readonly number[];
  readonly texts: readonly string[];
}

const ZSTD_MAGIC = 0x28b52ffd;
/** Below this, a frame's own overhead eats what compression gives. */
const COMPRESS_FROM_BYTES = 256;
/** Level 1: 55 bytes for one of the seed's open events, in 0.5 µs; higher levels cost more than they save. */
const ZSTD_OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

export function encodeChunk({ type, clocks, texts }: Chunk): Buffer {
  const header = [type, ...clocks.map((clock, i) => clock - (clocks[i - 1] ?? 0))];
  const plain = Buffer.from(`${JSON.stringify(header)}\n${texts.join('\n')}`);
  return plain.length < COMPRESS_FROM_BYTES ? plain : zstdCompressSync(plain, ZSTD_OPTIONS);
}

export function decodeChunk(bytes: Buffer): Chunk {
  const compressed = bytes.length >= 4 && bytes.readUInt32BE(0) === ZSTD_MAGIC;
  const text = (compressed ? zstdDecompressSync(bytes) : bytes).toString();
  const headerEnd = text.indexOf('\n');
  const [type, ...steps] = JSON.parse(text.slice(0, headerEnd)) as [EventType, ...number[]];
  let clock = 0;
  const clocks = steps.map((step) => {
    clock += step;
    return clock;
  });
  return { type, clocks, texts: text.slice(headerEnd + 1).split('\n') };
}

export function oldestClock({ clocks }: Pick<Chunk, 'clocks'>): number {
  return clocks.reduce((oldest, clock) => Math.min(oldest, clock), Number.POSITIVE_INFINITY);
}

/** The events of `chunk` at the given positions. */
export function pick(chunk: Chunk, positions: readonly number[]): Chunk {
  return {
    type: chunk.type,
    clocks: positions.map((at) => chunk.clocks[at] ?? 0),
    texts: positions.map((at) => chunk.texts[at] ?? ''),
  };
}

/** `chunk` cut into consecutive pieces of at most `size` events. */
export function cut(chunk: Chunk, size: number): Chunk[] {
  const pieces: Chunk[] = [];
  for (let from = 0; from < chunk.texts.length; from += size) {
    pieces.push({
      type: chunk.type,
      clocks: chunk.clocks.slice(from, from + size),
      texts: chunk.texts.slice(from, from + size),
    });
  }
  return pieces;
}
