import { randomUUID } from 'node:crypto';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { NotFound } from '#libs/store/webhookClaim.ts';
import type { PublicWebhook } from '#libs/store/webhookMapping.ts';
import type { Found, NotAllowed, WebhookStore } from '#libs/store/webhookStore.ts';
import type { GuardedLookup } from '#libs/target/guardedLookup.ts';
import type { TargetPolicy } from '#libs/target/targetPolicy.ts';
import type { Transmitter } from '#libs/target/transmit.ts';
import { authorOf } from './access/principal.ts';
import type { ChangeNotices } from './changeNotices.ts';
import { checkTargetHost } from './checkTargetHost.ts';
import { otherMethods } from './otherMethods.ts';
import { ApiProblem } from './problem.ts';
import { readBody } from './readBody.ts';
import { clientIdOf, webhookRefOf } from './requestIds.ts';
import { respond } from './respond.ts';
import { type Completed, completeSecret } from './signingSecret.ts';
import { allowed, missing } from './storeProblems.ts';
import { verifyWebhook } from './verifyWebhook.ts';
import { parsePage, parseVerification, parseWebhookFields, webhookSchema } from './webhookSchemas.ts';

export interface WebhookRouteParts {
  readonly store: WebhookStore;
  readonly notices: ChangeNotices;
  readonly targetPolicy: TargetPolicy;
  /** Null: somebody else resolves the names of targets. */
  readonly lookup: Pick<GuardedLookup, 'resolve'> | null;
  readonly transmitter: Pick<Transmitter, 'transmit'>;
  readonly deliveryTimeoutMs: number;
  readonly now: () => number;
}

/** The operations on webhooks (contract §1), below `/rest/{clientId}`, for callers who may act for that client. */
export function createWebhookRoutes(parts: WebhookRouteParts): Router {
  const { list, create, get, update, remove, verify, setStatus } = createHandlers(parts);
  const router = Router({ mergeParams: true });
  router.route('/webhooks').get(list).post(readBody, create).all(otherMethods('GET', 'POST'));
  router
    .route('/webhooks/:webhookId')
    .get(get)
    .put(readBody, update)
    .delete(remove)
    .all(otherMethods('GET', 'PUT', 'DELETE'));
  router
    .route('/webhooks/:webhookId/verify')
    .get(verify)
    .post(readBody, verify)
    .all(otherMethods('GET', 'POST'));
  for (const change of ['activate', 'deactivate'] as const) {
    router
      .route(`/webhooks/:webhookId/${change}`)
      .post(readBody, setStatus(change))
      .all(otherMethods('POST'));
  }
  return router;
}

function createHandlers({ store, notices, lookup, transmitter, now, ...parts }: WebhookRouteParts) {
  const schema = webhookSchema(parts.targetPolicy);

  async function readFields(request: Request): Promise<Completed> {
    const fields = parseWebhookFields(request.body, schema);
    if (lookup) await checkTargetHost(fields.targetUrl, lookup);
    return completeSecret(fields);
  }

  const list: RequestHandler = async (request, response) => {
    const webhooks = await store.list(clientIdOf(request), parsePage(request.query));
    respond(request, response, { status: 200, body: webhooks.map((webhook) => view(webhook)) });
  };

  const create: RequestHandler = async (request, response) => {
    const clientId = clientIdOf(request);
    const { fields, madeSecret } = await readFields(request);
    const result = await store.create(clientId, fields, authorOf(request, response));
    if (result.kind === 'limitReached') {
      const detail = `A client may have ${result.limit} webhooks. Delete one first.`;
      throw new ApiProblem('limit-reached', detail);
    }
    await notices.changed(result.webhook);
    response.location(`/rest/${clientId}/webhooks/${result.webhook.id}`);
    respond(request, response, { status: 201, body: view(result.webhook, madeSecret) });
  };

  const get: RequestHandler = async (request, response) => {
    const webhook = found(await store.find(webhookRefOf(request)));
    respond(request, response, { status: 200, body: view(webhook) });
  };

  async function answerChanged(
    request: Request,
    response: Response,
    webhook: PublicWebhook,
    madeSecret: string | null = null,
  ): Promise<void> {
    await notices.changed(webhook);
    respond(request, response, { status: 200, body: view(webhook, madeSecret) });
  }

  const update: RequestHandler = async (request, response) => {
    const ref = webhookRefOf(request);
    found(await store.find(ref));
    const { fields, madeSecret } = await readFields(request);
    const webhook = found(await store.update(ref, fields, authorOf(request, response)));
    await answerChanged(request, response, webhook, madeSecret);
  };

  const setStatus = (change: 'activate' | 'deactivate'): RequestHandler => {
    return async (request, response) => {
      const webhook = found(
        await store.changeStatus(webhookRefOf(request), change, authorOf(request, response)),
      );
      await answerChanged(request, response, webhook);
    };
  };

  const remove: RequestHandler = async (request, response) => {
    const ref = webhookRefOf(request);
    allowed(await store.remove(ref, authorOf(request, response)));
    await notices.removed(ref);
    response.status(204).end();
  };

  const verify: RequestHandler = async (request, response) => {
    const ref = webhookRefOf(request);
    const { id } = found(await store.find(ref));
    const wanted = parseVerification({ ...request.query, ...request.body });
    const webhook = await store.findById(id);
    if (!webhook) throw missing();
    const timeoutMs = parts.deliveryTimeoutMs;
    const verification = await verifyWebhook(webhook, wanted, {
      transmitter,
      timeoutMs,
      now,
      newId: randomUUID,
    });
    respond(request, response, { status: 200, body: [verification] });
  };

  return { list, create, get, update, remove, verify, setStatus };
}

/**
 * A webhook as the outside sees it: no client id, which the path has; the dates become ISO 8601 as JSON. With the
 * secret for signatures only if that was made just now.
 */
function view({ clientId: _, ...webhook }: PublicWebhook, madeSecret: string | null = null) {
  if (madeSecret === null) return webhook;
  return { ...webhook, authentication: { ...webhook.authentication, secret: madeSecret } };
}

function found(result: Found | NotFound | NotAllowed): PublicWebhook {
  return allowed(result).webhook;
}
