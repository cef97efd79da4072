import type { Readable } from 'node:stream';

/** The whole of a stream, or null when it has more than `maxBytes`: the rest of it is then left unread. */
export async function readBody(stream: Readable, maxBytes: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Left half-way, a request must not be destroyed: its connection has still to carry the answer.
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxBytes) return null;
  }
  return Buffer.concat(chunks);
}
