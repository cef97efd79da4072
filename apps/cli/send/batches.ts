import type { EventLine } from './eventFile.ts';

/** What one request carries. The API takes 1,000 events and 4 MiB; a smaller one is on its way sooner. */
const MAX_EVENTS = 1_000;
const MAX_BYTES = 2 * 1_048_576;

/** As few requests as the limits allow, in order. The same file makes the same ones. An event too large travels alone. */
export async function* batchesOf(events: AsyncIterable<EventLine>): AsyncGenerator<readonly EventLine[]> {
  let batch: EventLine[] = [];
  let bytes = 0;
  for await (const event of events) {
    const size = Buffer.byteLength(event.text) + 1;
    if (batch.length > 0 && (batch.length === MAX_EVENTS || bytes + size > MAX_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(event);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
