import { type RequestHandler, Router } from 'express';
import Joi from 'joi';
import type { Failing } from '#libs/backlog/failing.ts';
import { listClients } from '#libs/store/clientOverview.ts';
import type { Database } from '#libs/store/database.ts';
import { requireOperator } from './access/principal.ts';
import { otherMethods } from './otherMethods.ts';
import { ApiProblem } from './problem.ts';
import { respond } from './respond.ts';
import { validate } from './validate.ts';
import { wholeNumber } from './webhookSchemas.ts';

export interface ClientRouteParts {
  readonly database: Database;
  readonly failing: Pick<Failing, 'failingSince'>;
  readonly shards: number;
  /** Epoch ms. */
  readonly now: () => number;
}

const MAX_CLIENTS = 1000;
const DEFAULT_CLIENTS = 100;
/** In a shard. Where more fail at once, it is not a matter of single clients. */
const MAX_FAILING = 2000;
const RETRY_AFTER_S = 5;

export const clientsSchema = Joi.object({
  limit: wholeNumber(1, MAX_CLIENTS).default(DEFAULT_CLIENTS).description('How many clients at most.'),
}).unknown();

/** `/clients`, below `/rest`: for operators, who is there and who needs them. */
export function createClientRoutes(parts: ClientRouteParts): Router {
  const list: RequestHandler = async (request, response) => {
    const { limit } = validate<{ limit: number }>(request.query, clientsSchema);
    const failingIds = await readFailing(parts);
    const items = await listClients(parts.database, { failingIds, limit });
    respond(request, response, { status: 200, body: { items } });
  };
  const router = Router();
  router.route('/clients').get(requireOperator, list).all(otherMethods('GET'));
  return router;
}

async function readFailing({ failing, shards, now }: ClientRouteParts): Promise<number[]> {
  const page = { offset: 0, count: MAX_FAILING };
  const all = Array.from({ length: shards }, (_, shard) => failing.failingSince(shard, now(), page));
  const found = await Promise.all(all).catch(() => {
    throw new ApiProblem('unavailable', 'What fails cannot be read now. Try again in a few seconds.', {
      headers: { 'Retry-After': String(RETRY_AFTER_S) },
    });
  });
  return found.flat().map(({ webhookId }) => webhookId);
}
