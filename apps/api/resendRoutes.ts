import { type RequestHandler, Router } from 'express';
import type { KeptReason } from '#libs/keptEvents/keptChunk.ts';
import { listDiscarded } from '#libs/keptEvents/keptList.ts';
import { BacklogUnavailable, type Resender } from '#libs/keptEvents/resender.ts';
import type { FieldChange } from '#libs/store/auditChanges.ts';
import type { Database } from '#libs/store/database.ts';
import { recordResend } from '#libs/store/resendAudit.ts';
import type { WebhookStore } from '#libs/store/webhookStore.ts';
import { authorOf } from './access/principal.ts';
import { otherMethods } from './otherMethods.ts';
import { ApiProblem } from './problem.ts';
import { readBody } from './readBody.ts';
import { webhookRefOf } from './requestIds.ts';
import {
  cursorOf,
  parseDiscarded,
  parseResend,
  type ResendRequest,
  selectionOf,
  showCursor,
} from './resendSchemas.ts';
import { respond } from './respond.ts';
import { allowed } from './storeProblems.ts';

export interface ResendRouteParts {
  readonly database: Database;
  readonly store: Pick<WebhookStore, 'find'>;
  readonly resender: Pick<Resender, 'resend'>;
  readonly now: () => Date;
}

const RETRY_AFTER_S = 5;

/** What was discarded, and how to get it after all, below `/rest/{clientId}`. */
export function createResendRoutes({ database, store, resender, now }: ResendRouteParts): Router {
  const resend: RequestHandler = async (request, response) => {
    const webhook = webhookRefOf(request);
    allowed(await store.find(webhook));
    const wanted = parseResend(request.body);
    const what = { selection: selectionOf(wanted), reasons: reasonsOf(wanted), cursor: cursorOf(wanted) };
    const by = authorOf(request, response);
    allowed(await recordResend(database, { webhook, at: now(), by, changes: describe(wanted) }));
    const { events, next } = await resender.resend(webhook.id, what).catch(asProblem);
    const body = { events, ...(next && { nextCursor: showCursor(next) }) };
    respond(request, response, { status: 202, body });
  };

  const list: RequestHandler = async (request, response) => {
    const webhook = webhookRefOf(request);
    allowed(await store.find(webhook));
    const { from, to, limit, cursor } = parseDiscarded(request.query);
    const page = await listDiscarded(database, webhook.id, {
      limit,
      from: from === undefined ? undefined : new Date(from),
      to: to === undefined ? undefined : new Date(to),
      before: cursor,
    });
    const nextCursor = page.nextCursor === null ? null : String(page.nextCursor);
    respond(request, response, { status: 200, body: { items: page.chunks, nextCursor } });
  };

  const router = Router({ mergeParams: true });
  router.route('/webhooks/:webhookId/resend').post(readBody, resend).all(otherMethods('POST'));
  router.route('/webhooks/:webhookId/discarded').get(list).all(otherMethods('GET'));
  return router;
}

function reasonsOf({ outcome }: ResendRequest): KeptReason[] {
  switch (outcome) {
    case 'discarded':
      return ['expired'];
    case 'delivered':
      return ['delivered'];
    default:
      return ['expired', 'delivered'];
  }
}

/** For the audit log: which events were asked for. Of ids, how many. */
function describe({ from, to, eventIds, outcome }: ResendRequest): FieldChange[] {
  const fields = { from, to, eventIds: eventIds?.length, outcome };
  return Object.entries(fields).flatMap(([field, value]) =>
    value === undefined ? [] : [{ field, to: value }],
  );
}

function asProblem(error: unknown): never {
  if (!(error instanceof BacklogUnavailable)) throw error;
  const detail =
    'Redis is away or full. What was not queued again is still kept: try again in a few seconds.';
  throw new ApiProblem('unavailable', detail, { headers: { 'Retry-After': String(RETRY_AFTER_S) } });
}
