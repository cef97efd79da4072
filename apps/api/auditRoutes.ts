import { type RequestHandler, Router } from 'express';
import Joi from 'joi';
import type { AuditLog } from '#libs/store/auditLog.ts';
import { isOperator, principalOf } from './access/principal.ts';
import { otherMethods } from './otherMethods.ts';
import { webhookRefOf } from './requestIds.ts';
import { respond } from './respond.ts';
import { allowed } from './storeProblems.ts';
import { validate } from './validate.ts';
import { wholeNumber } from './webhookSchemas.ts';

const MAX_ENTRIES = 1000;
const DEFAULT_ENTRIES = 100;

export const auditSchema = Joi.object({
  limit: wholeNumber(1, MAX_ENTRIES).default(DEFAULT_ENTRIES).description('How many entries at most.'),
  cursor: wholeNumber(1, Number.MAX_SAFE_INTEGER).description('The nextCursor of the page before.'),
}).unknown();

/** Who did what to a webhook, below `/rest/{clientId}`; to a deleted one, for operators. */
export function createAuditRoutes({ audit }: { audit: Pick<AuditLog, 'page'> }): Router {
  const list: RequestHandler = async (request, response) => {
    const webhook = webhookRefOf(request);
    const { limit, cursor } = validate<{ limit: number; cursor?: number }>(request.query, auditSchema);
    const deletedToo = isOperator(principalOf(response));
    const page = allowed(await audit.page(webhook, { limit, before: cursor, deletedToo }));
    const nextCursor = page.nextCursor === null ? null : String(page.nextCursor);
    respond(request, response, { status: 200, body: { items: page.entries, nextCursor } });
  };
  const router = Router({ mergeParams: true });
  router.route('/webhooks/:webhookId/audit').get(list).all(otherMethods('GET'));
  return router;
}
