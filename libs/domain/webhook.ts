import type { EventType } from './eventType.ts';
import type { Signing } from './signingSecrets.ts';

/**
 * A webhook's life (contract §1):
 *
 *   created ──activate──> activated ──deactivate──> deactivated ──activate──> activated …
 *                             │                          │
 *                             └──suspend──> suspended ───┴── activate (by hand) ──> activated
 *
 * Only an activated webhook collects and delivers events; only one that is not activated can be deleted.
 */
export const WEBHOOK_STATUSES = ['created', 'activated', 'deactivated', 'suspended'] as const;
export type WebhookStatus = (typeof WEBHOOK_STATUSES)[number];

export type Authentication =
  | { readonly type: 'none' }
  | { readonly type: 'basicAuth'; readonly userName: string; readonly password: string }
  | { readonly type: 'keyAuth'; readonly key: string; readonly passphrase: string }
  | Signing;

export interface Webhook {
  readonly id: number;
  readonly clientId: number;
  readonly type: EventType;
  readonly status: WebhookStatus;
  readonly format: 'json';
  readonly targetUrl: string;
  readonly authentication: Authentication;
  /** Its POSTs never exceed it. Left out: no limit. */
  readonly maxRequestsPerSecond?: number;
  readonly created: Date;
  readonly modified: Date;
}

export type StatusChange = 'activate' | 'deactivate' | 'suspend' | 'delete';

/** Why a status change is not allowed, in words for the caller, or null when it is. */
export function statusChangeProblem(status: WebhookStatus, change: StatusChange): string | null {
  const active = status === 'activated';
  switch (change) {
    case 'activate':
      return active ? 'The webhook is already activated.' : null;
    case 'deactivate':
    case 'suspend':
      return active ? null : `The webhook is not activated: its status is "${status}".`;
    case 'delete':
      return active ? 'The webhook is activated. Deactivate it first, then delete it.' : null;
  }
}

/** What each change but deletion leaves a webhook as. */
export const STATUS_AFTER = {
  activate: 'activated',
  deactivate: 'deactivated',
  suspend: 'suspended',
} as const satisfies Partial<Record<StatusChange, WebhookStatus>>;
