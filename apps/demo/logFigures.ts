import type { AdminApi, WebhookRef } from './adminApi.ts';

/** What the statistics and the delivery log of all webhooks say, together. */
export interface LogFigures {
  readonly received: number;
  readonly delivered: number;
  readonly discarded: number;
  readonly pending: number;
  readonly acceptedPosts: number;
  readonly acceptedEvents: number;
  readonly refusedPosts: number;
}

const NOTHING: LogFigures = {
  received: 0,
  delivered: 0,
  discarded: 0,
  pending: 0,
  acceptedPosts: 0,
  acceptedEvents: 0,
  refusedPosts: 0,
};

export async function readLog(api: AdminApi, webhooks: readonly WebhookRef[]): Promise<LogFigures> {
  const each = await Promise.all(webhooks.map((webhook) => readOne(api, webhook)));
  return each.reduce(add, NOTHING);
}

async function readOne(api: AdminApi, webhook: WebhookRef): Promise<LogFigures> {
  const { pending, intervals } = await api.statistics(webhook);
  const deliveries = await api.deliveries(webhook);
  const accepted = deliveries.filter(({ outcome }) => outcome === 'delivered');
  return {
    received: intervals.reduce((sum, { received }) => sum + received, 0),
    delivered: intervals.reduce((sum, { delivered }) => sum + delivered, 0),
    discarded: intervals.reduce((sum, { discarded }) => sum + discarded, 0),
    pending,
    acceptedPosts: accepted.length,
    acceptedEvents: accepted.reduce((sum, { events }) => sum + events, 0),
    refusedPosts: deliveries.length - accepted.length,
  };
}

function add(one: LogFigures, other: LogFigures): LogFigures {
  return {
    received: one.received + other.received,
    delivered: one.delivered + other.delivered,
    discarded: one.discarded + other.discarded,
    pending: one.pending + other.pending,
    acceptedPosts: one.acceptedPosts + other.acceptedPosts,
    acceptedEvents: one.acceptedEvents + other.acceptedEvents,
    refusedPosts: one.refusedPosts + other.refusedPosts,
  };
}
