import { type RequestHandler, Router } from 'express';
import type { Head } from '#libs/backlog/pendingHead.ts';
import type { Standing } from '#libs/backlog/standings.ts';
import type { Deliveries } from '#libs/deliveryLog/deliveries.ts';
import type { HourlyStatistics } from '#libs/deliveryLog/hourlyStatistics.ts';
import type { WebhookStore } from '#libs/store/webhookStore.ts';
import { parseDeliveryQuery, parseStatisticsQuery } from './deliverySchemas.ts';
import { otherMethods } from './otherMethods.ts';
import { ApiProblem } from './problem.ts';
import { webhookRefOf } from './requestIds.ts';
import { respond } from './respond.ts';
import { allowed } from './storeProblems.ts';

export interface DeliveryRouteParts {
  readonly store: Pick<WebhookStore, 'find'>;
  readonly deliveries: Pick<Deliveries, 'page'>;
  readonly statistics: Pick<HourlyStatistics, 'intervals'>;
  readonly standings: { of(webhookId: number): Promise<Standing> };
  readonly head: { of(webhookId: number): Promise<Head> };
  /** Epoch ms. */
  readonly now: () => number;
}

const RETRY_AFTER_S = 5;

/** What became of a webhook's events (contract §5), below `/rest/{clientId}`. */
export function createDeliveryRoutes(parts: DeliveryRouteParts): Router {
  const { store, deliveries, statistics, now } = parts;

  const list: RequestHandler = async (request, response) => {
    const ref = webhookRefOf(request);
    const query = parseDeliveryQuery(request.query);
    allowed(await store.find(ref));
    const { items, nextCursor } = await deliveries.page({ webhookId: ref.id, ...query });
    const body = { items, nextCursor: nextCursor === null ? null : String(nextCursor) };
    respond(request, response, { status: 200, body });
  };

  const count: RequestHandler = async (request, response) => {
    const ref = webhookRefOf(request);
    const range = parseStatisticsQuery(request.query, now());
    const { webhook } = allowed(await store.find(ref));
    const [waiting, intervals] = await Promise.all([
      readWaiting(parts, ref.id, webhook.status === 'activated'),
      statistics.intervals(ref.id, range),
    ]);
    respond(request, response, { status: 200, body: { ...waiting, intervals } });
  };

  const router = Router({ mergeParams: true });
  router.route('/webhooks/:webhookId/deliveries').get(list).all(otherMethods('GET'));
  router.route('/webhooks/:webhookId/statistics').get(count).all(otherMethods('GET'));
  return router;
}

/** How it stands now, as Redis has it. `isTried`: somebody would send what waits. */
async function readWaiting({ standings, head }: DeliveryRouteParts, webhookId: number, isTried: boolean) {
  const [standing, { oldestAt, partsDueAt }] = await Promise.all([
    standings.of(webhookId),
    head.of(webhookId),
  ]).catch(() => {
    throw new ApiProblem('unavailable', 'What waits cannot be read now. Try again in a few seconds.', {
      headers: { 'Retry-After': String(RETRY_AFTER_S) },
    });
  });
  const { pending, lane, nextTryAt, lastSuccessAt, lastError } = standing;
  const dueAt = lane === 'retries' ? nextTryAt : partsDueAt;
  return {
    pending,
    oldestPending: toTime(pending > 0 ? oldestAt : null),
    nextTry: toTime(pending > 0 && isTried ? dueAt : null),
    lastSuccess: toTime(lastSuccessAt),
    lastError,
  };
}

function toTime(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
