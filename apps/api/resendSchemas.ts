import Joi from 'joi';
import type { Selection } from '#libs/keptEvents/keptChunk.ts';
import type { ResendCursor } from '#libs/keptEvents/resender.ts';
import { ApiProblem } from './problem.ts';
import { time } from './timeSchema.ts';
import { validate } from './validate.ts';
import { wholeNumber } from './webhookSchemas.ts';

const MAX_IDS = 1000;
const ID_CHARACTERS = 255;
const MAX_CHUNKS = 1000;
const DEFAULT_CHUNKS = 100;

/** Joi's conditions. */
function when(isThere: Joi.Schema, isNot: Joi.Schema): Joi.WhenOptions {
  // biome-ignore lint/suspicious/noThenProperty: Joi's word for it; nobody awaits this.
  return { is: Joi.exist(), then: isThere, otherwise: isNot };
}

const forbidden = (message: string) => Joi.forbidden().messages({ 'any.unknown': message });

export const resendSchema = Joi.object({
  from: time('Events that were created then or later.'),
  to: time('And before.').when('from', when(Joi.required(), forbidden('needs from beside it'))),
  eventIds: Joi.array()
    .items(Joi.string().max(ID_CHARACTERS))
    .single()
    .min(1)
    .max(MAX_IDS)
    .description('Or the events with these ids.')
    .when(
      'from',
      when(
        forbidden('excludes from and to: give one of them'),
        Joi.required().messages({ 'any.required': 'is required, or from and to' }),
      ),
    ),
  outcome: Joi.string()
    .empty('')
    .valid('discarded', 'delivered')
    .description('Only those that were discarded, or, where they are archived, delivered. Left out: both.'),
  cursor: Joi.string()
    .empty('')
    .pattern(/^\d{1,15}-\d{1,15}$/)
    .description('The nextCursor of the answer before, to the same request.'),
});

export const discardedSchema = Joi.object({
  from: time('Chunks with events that were created then or later.'),
  to: time('And before.'),
  limit: wholeNumber(1, MAX_CHUNKS).default(DEFAULT_CHUNKS).description('How many chunks at most.'),
  cursor: wholeNumber(1, Number.MAX_SAFE_INTEGER).description('The nextCursor of the page before.'),
}).unknown();

export interface ResendRequest {
  readonly from?: string;
  readonly to?: string;
  readonly eventIds?: readonly string[];
  readonly outcome?: 'discarded' | 'delivered';
  readonly cursor?: string;
}

export function parseResend(body: unknown): ResendRequest {
  return validate<ResendRequest>(body, resendSchema);
}

export function selectionOf({ from, to, eventIds = [] }: ResendRequest): Selection {
  if (from === undefined || to === undefined) return { kind: 'ids', ids: new Set(eventIds) };
  const selection = { kind: 'created', from: Date.parse(from), to: Date.parse(to) } as const;
  if (selection.from < selection.to) return selection;
  const message = 'must be before `to`';
  throw new ApiProblem('invalid-request', `from ${message}.`, { errors: [{ field: 'from', message }] });
}

export function cursorOf({ cursor }: ResendRequest): ResendCursor | undefined {
  const [after, until] = (cursor ?? '').split('-').map(Number);
  return after === undefined || until === undefined ? undefined : { after, until };
}

export function showCursor({ after, until }: ResendCursor): string {
  return `${after}-${until}`;
}

export interface DiscardedRequest {
  readonly from?: string;
  readonly to?: string;
  readonly limit: number;
  readonly cursor?: number;
}

export function parseDiscarded(query: unknown): DiscardedRequest {
  return validate<DiscardedRequest>(query, discardedSchema);
}
