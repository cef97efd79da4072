import type { FieldChange } from './auditChanges.ts';
import { type Author, recordChange } from './auditLog.ts';
import type { Database } from './database.ts';
import { claimed, type NotFound, type WebhookRef } from './webhookClaim.ts';
import { WebhookEntity } from './webhookEntity.ts';
import { toPublicWebhook } from './webhookMapping.ts';
import type { Found, NotAllowed } from './webhookStore.ts';

const NOT_ACTIVATED = 'Only an activated webhook gets events. Activate it first, then resend.';

/** Writes down who has events resent, before it is done: nothing is resent without an entry. */
export function recordResend(
  database: Database,
  entry: {
    readonly webhook: WebhookRef;
    readonly at: Date;
    readonly by: Author;
    readonly changes: readonly FieldChange[];
  },
): Promise<Found | NotFound | NotAllowed> {
  return database.run((manager) =>
    manager.transaction(async (inside) => {
      const row = await inside.findOneBy(WebhookEntity, { id: entry.webhook.id });
      const claim = claimed(row, entry.webhook);
      if (claim.kind !== 'own') return claim;
      const webhook = toPublicWebhook(claim.row);
      if (webhook.status !== 'activated') return { kind: 'notAllowed', problem: NOT_ACTIVATED };
      await recordChange(inside, { ...entry, action: 'resent' });
      return { kind: 'found', webhook };
    }),
  );
}
