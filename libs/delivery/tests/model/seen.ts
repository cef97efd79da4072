import type { WebhookStatus } from '#libs/domain/webhook.ts';

/** What somebody who looks for the webhook finds. */
export type Seen = WebhookStatus | 'deleted';
