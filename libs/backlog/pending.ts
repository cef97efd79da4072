import { type Chunk, decodeChunk, encodeChunk, oldestClock } from './chunk.ts';

/** A unit of the backlog: an entry of the stream, or a part that was set aside from it. */
export interface Pending {
  readonly id: string;
  readonly source: 'entry' | 'part';
  readonly events: number;
  /** Epoch ms: the earliest from which a time to live of these events counts. */
  readonly oldestClock: number;
  /** How many transmissions of these events have failed. */
  readonly failed: number;
  readonly bytes: Buffer;
}

export interface NewPart {
  readonly id: string;
  readonly chunk: Chunk;
  /** Epoch ms. */
  readonly dueAt: number;
  readonly failed: number;
}

/** A part as it will be read again. */
export function partOf({ id, chunk, failed }: NewPart): Pending {
  return {
    id,
    source: 'part',
    events: chunk.clocks.length,
    oldestClock: oldestClock(chunk),
    failed,
    bytes: encodeChunk(chunk),
  };
}

export function chunkOf(pending: Pending): Chunk {
  return decodeChunk(pending.bytes);
}

/** A part carries its counts before its chunk, so that it can be told without unpacking. */
export function encodePart(chunk: Chunk): Buffer {
  const head = Buffer.from(`${chunk.clocks.length}:${oldestClock(chunk)}:`);
  return Buffer.concat([head, encodeChunk(chunk)]);
}

export function decodePart(id: string, value: Buffer, failed: number): Pending {
  const first = value.indexOf(':');
  const second = value.indexOf(':', first + 1);
  return {
    id,
    source: 'part',
    events: Number(value.subarray(0, first)),
    oldestClock: Number(value.subarray(first + 1, second)),
    failed,
    bytes: value.subarray(second + 1),
  };
}
