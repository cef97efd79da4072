import type { Authentication } from '#libs/domain/webhook.ts';
import type { PublicWebhook } from './webhookMapping.ts';

/** One field; a secret has neither `from` nor `to`: only that it was set is told. */
export interface FieldChange {
  readonly field: string;
  readonly from?: unknown;
  readonly to?: unknown;
}

const FIELDS = ['type', 'status', 'format', 'targetUrl', 'authentication', 'maxRequestsPerSecond'] as const;

/** What is different, and which secret was given; null: there was or is no webhook. Pure. */
export function fieldChanges(
  before: PublicWebhook | null,
  after: PublicWebhook | null,
  given?: Authentication,
): FieldChange[] {
  const changed = FIELDS.filter((field) => !isSame(before?.[field], after?.[field]));
  const visible = changed.map((field) => ({
    field,
    ...(before && { from: before[field] }),
    ...(after && { to: after[field] }),
  }));
  return [...visible, ...secretChange(given)];
}

function secretChange(given: Authentication | undefined): FieldChange[] {
  switch (given?.type) {
    case 'basicAuth':
      return [{ field: 'authentication.password' }];
    case 'keyAuth':
      return [{ field: 'authentication.passphrase' }];
    case 'standardWebhooks':
      return [{ field: 'authentication.secret' }];
    default:
      return [];
  }
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
