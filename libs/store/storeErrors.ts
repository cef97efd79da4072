import { QueryFailedError } from 'typeorm';

/** MySQL did not answer, or not in time. Nobody's mistake in the request: try again later. */
export class StoreUnavailable extends Error {
  override readonly name: string = 'StoreUnavailable';
}

/** MySQL answers, but its tables are older than this version of Postrider. */
export class SchemaOutdated extends StoreUnavailable {
  override readonly name = 'SchemaOutdated';

  constructor(pending: readonly string[]) {
    super(`The database lacks ${pending.join(', ')}. Run: npm run migrate`);
  }
}

/**
 * SQLSTATE classes that mean that our statement is wrong: cardinality, data, constraint, syntax. All others
 * (connection, shutdown, too many connections, lock wait, deadlock, read only …) pass with time.
 */
const OUR_MISTAKES = new Set(['21', '22', '23', '42']);

/** What a failed operation means for the caller: MySQL is away, or a bug that stays as it is. */
export function asStoreError(error: unknown): unknown {
  if (!(error instanceof QueryFailedError)) return error;
  const sqlState = (error.driverError as { sqlState?: string }).sqlState ?? '';
  if (OUR_MISTAKES.has(sqlState.slice(0, 2))) return error;
  return unavailable(error);
}

/** Only the message goes on: TypeORM's errors carry the statement's values with them. */
export function unavailable(error: unknown): StoreUnavailable {
  if (error instanceof StoreUnavailable) return error;
  const reason = error instanceof Error ? error.message || error.name : String(error);
  return new StoreUnavailable(`MySQL is not reachable: ${reason}`);
}
