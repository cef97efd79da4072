import Joi from 'joi';
import { ApiProblem } from './problem.ts';
import { time } from './timeSchema.ts';
import { validate } from './validate.ts';
import { wholeNumber } from './webhookSchemas.ts';

const MAX_ITEMS = 1_000;
const DEFAULT_ITEMS = 100;
const SEARCH_CHARACTERS = 255;
const MS_PER_HOUR = 3_600_000;
const DEFAULT_RANGE_MS = 24 * MS_PER_HOUR;
const MAX_RANGE_DAYS = 31;

export const deliveriesSchema = Joi.object({
  outcome: Joi.string().empty('').valid('delivered', 'failed').description('Only those that ended so.'),
  from: time('POSTs that began then or later.'),
  to: time('And before.'),
  search: Joi.string()
    .empty('')
    .max(SEARCH_CHARACTERS)
    .description('Only those that carried an event with exactly this id, mailId or recipientId.'),
  limit: wholeNumber(1, MAX_ITEMS).default(DEFAULT_ITEMS).description('How many transmissions at most.'),
  cursor: wholeNumber(1, Number.MAX_SAFE_INTEGER).description('The nextCursor of the page before.'),
}).unknown();

export const statisticsSchema = Joi.object({
  from: time('The hours from then on; left out: from 24 hours before `to`.'),
  to: time(`And until then; left out: now. At most ${MAX_RANGE_DAYS} days.`),
}).unknown();

interface TimeRange {
  readonly from?: string;
  readonly to?: string;
}

interface DeliveriesRequest extends TimeRange {
  readonly outcome?: 'delivered' | 'failed';
  readonly search?: string;
  readonly limit: number;
  readonly cursor?: number;
}

/** Times are epoch ms. */
export function parseDeliveryQuery(query: unknown) {
  const { outcome, search, limit, cursor, ...range } = validate<DeliveriesRequest>(query, deliveriesSchema);
  const [fromMs, toMs] = [range.from, range.to].map(timeOf);
  if (fromMs !== undefined && toMs !== undefined) requireOrder(fromMs, toMs);
  return { outcome, search, limit, before: cursor, from: fromMs, to: toMs };
}

/** Times are epoch ms. */
export function parseStatisticsQuery(query: unknown, now: number): { from: number; to: number } {
  const range = validate<TimeRange>(query, statisticsSchema);
  const toMs = timeOf(range.to) ?? now;
  const fromMs = timeOf(range.from) ?? toMs - DEFAULT_RANGE_MS;
  requireOrder(fromMs, toMs);
  if (toMs - fromMs > MAX_RANGE_DAYS * 24 * MS_PER_HOUR) {
    throw wrongFrom(`must be at most ${MAX_RANGE_DAYS} days before \`to\``);
  }
  return { from: fromMs, to: toMs };
}

function timeOf(value: string | undefined): number | undefined {
  return value === undefined ? undefined : Date.parse(value);
}

function requireOrder(fromMs: number, toMs: number): void {
  if (fromMs >= toMs) throw wrongFrom('must be before `to`');
}

function wrongFrom(message: string): ApiProblem {
  return new ApiProblem('invalid-request', `from ${message}.`, { errors: [{ field: 'from', message }] });
}
