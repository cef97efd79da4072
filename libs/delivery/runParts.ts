import type { Backlog } from '#libs/backlog/backlog.ts';
import type { Lane } from '#libs/backlog/lane.ts';
import type { Leases } from '#libs/backlog/leases.ts';
import type { Permits } from '#libs/backlog/permits.ts';
import type { EventType } from '#libs/domain/eventType.ts';
import type { Outcome } from '#libs/domain/outcome.ts';
import type { Webhook } from '#libs/domain/webhook.ts';
import type { Batch } from './batch.ts';
import type { RetryPolicy } from './nextStep.ts';
import type { Slot } from './slots.ts';

/** What a delivery run needs of the world. */
export interface RunParts {
  readonly backlog: Backlog;
  readonly permits: Pick<Permits, 'take'>;
  readonly leases: Pick<Leases, 'renew' | 'end'>;
  readonly directory: WebhookLookup;
  readonly transmitter: Transmitter;
  readonly observer: DeliveryObserver;
  /** Epoch ms. */
  readonly clock: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly newId: () => string;
  readonly settings: DeliverySettings;
}

export interface DeliverySettings extends RetryPolicy {
  readonly batchSize: number;
  readonly eventTtlMs: number;
  readonly deliveryTimeoutMs: number;
}

/** `sync` first, then `webhook` never answers with what was true before the latest announced change. */
export interface WebhookLookup {
  sync(): Promise<void>;
  webhook(id: number): Promise<Webhook | null>;
}

export interface Transmitter {
  transmit(request: {
    url: string;
    body: string | Uint8Array;
    headers: Readonly<Record<string, string>>;
    timeoutMs: number;
  }): Promise<Outcome>;
}

export interface Transmission {
  readonly webhook: Webhook;
  readonly lane: Lane;
  readonly batch: Batch;
  readonly outcome: Outcome;
  /** When the POST began, epoch ms. */
  readonly at: number;
  readonly bodyBytes: number;
}

export type DiscardReason = 'expired' | 'deleted';

/** Who counts and logs. It must neither throw nor wait. */
export interface DeliveryObserver {
  transmitted(transmission: Transmission): void;
  discarded(webhookId: number, events: ReadonlyMap<EventType, number>, reason: DiscardReason): void;
}

/** One run of one webhook: whose turn it is, in which lane, and the token that makes this run its owner. */
export interface Turn {
  readonly webhookId: number;
  readonly lane: Lane;
  readonly run: string;
  /** Of a direct run, which has no job: the sleep of the webhook that it ends. */
  readonly asleep?: string;
  readonly slot: Slot;
  /** Epoch ms: when this run gives its slot to another webhook. */
  readonly sliceEndsAt: number;
  /** Aborted when the process stops: finish what is in flight, start nothing new. */
  readonly stopping: AbortSignal;
  /** Aborted when there is no time left for what is in flight: its connections are closed then. */
  readonly givingUp?: AbortSignal;
}

/** How a run ends, and so what becomes of its job. Times are epoch ms. */
export type RunEnd =
  /** Nothing to do until somebody wakes the webhook. */
  | { readonly kind: 'done' }
  /** More waits: another turn in this lane, after the others. */
  | { readonly kind: 'again' }
  /** The other lane goes on with it. */
  | { readonly kind: 'handOver'; readonly lane: Lane; readonly at: number }
  /** The lane stays; the next try is at this time. */
  | { readonly kind: 'retryAt'; readonly at: number }
  /** Healthy, and all that waits are parts that were set aside; the first is due at this time. */
  | { readonly kind: 'partsDueAt'; readonly at: number };

export const DONE: RunEnd = { kind: 'done' };
