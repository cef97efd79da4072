import { RowExpiry, type RowExpiryParts } from '#libs/store/rowExpiry.ts';
import type { KeptReason } from './keptChunk.ts';

/** A row has a whole chunk, and three indices to be taken out of. */
const ROWS_PER_SLICE = 500;

/** By MySQL's clock: a worker whose own is wrong deletes nothing. */
const DELETION = `DELETE FROM kept_chunk WHERE reason = ? AND kept_at < UTC_TIMESTAMP(3) - INTERVAL ? DAY
  ORDER BY kept_at LIMIT ?`;

type Parts = Omit<RowExpiryParts, 'deletions' | 'lock' | 'what'> & {
  /** For how long events are kept, by why they are; 0: not at all. */
  readonly days: Readonly<Record<KeptReason, number>>;
};

/** Deletes kept events whose days are over. */
export class KeptExpiry extends RowExpiry {
  constructor({ days, ...parts }: Parts) {
    const deletions = Object.entries(days).map((values) => ({ sql: DELETION, values }));
    super({
      rowsPerSlice: ROWS_PER_SLICE,
      ...parts,
      deletions,
      lock: 'postrider-kept',
      what: 'kept events',
    });
  }
}
