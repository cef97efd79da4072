import { RowExpiry, type RowExpiryParts } from '#libs/store/rowExpiry.ts';

/**
 * What is too old, by MySQL's clock: a process whose own is wrong deletes nothing. Each table's rows lie by time, so that
 * nothing else is looked at, and nobody writes where they are deleted.
 */
const DELETIONS = [
  'DELETE FROM delivery WHERE day < FLOOR(UNIX_TIMESTAMP() / 86400) - ? LIMIT ?',
  'DELETE FROM webhook_statistics WHERE hour < (FLOOR(UNIX_TIMESTAMP() / 86400) - ?) * 24 LIMIT ?',
  'DELETE FROM delivery_log_writer WHERE day < FLOOR(UNIX_TIMESTAMP() / 86400) - ? LIMIT ?',
];

type Parts = Omit<RowExpiryParts, 'deletions' | 'lock' | 'what'> & {
  /** Whole days (UTC) that are kept beside the current one. */
  readonly days: number;
};

/** Deletes what the delivery log has kept for long enough. */
export class LogExpiry extends RowExpiry {
  constructor({ days, ...parts }: Parts) {
    const deletions = DELETIONS.map((sql) => ({ sql, values: [days] }));
    super({ ...parts, deletions, lock: 'postrider-log', what: 'the delivery log' });
  }
}
