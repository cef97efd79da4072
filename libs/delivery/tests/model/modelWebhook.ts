import type { Webhook } from '#libs/domain/webhook.ts';

/** The webhook of the model, but for its id and status. */
export const WEBHOOK: Omit<Webhook, 'id' | 'status'> = {
  clientId: 1,
  type: 'open',
  format: 'json',
  targetUrl: 'https://customer.example/events',
  authentication: { type: 'none' },
  created: new Date(0),
  modified: new Date(0),
};
