import type { Outcome } from '#libs/domain/outcome.ts';
import type { Webhook } from '#libs/domain/webhook.ts';
import { authHeaders } from '#libs/target/authHeaders.ts';
import { type Batch, renderBatch } from './batch.ts';
import { messageId } from './messageId.ts';
import type { RunParts, Turn } from './runParts.ts';

/**
 * POSTs one batch with the webhook's authentication, and tells the observer what came of it. Null: it was given up
 * because the process stops. That says nothing of the target, and so counts for nothing.
 */
export async function transmitBatch(
  parts: RunParts,
  turn: Turn,
  webhook: Webhook,
  batch: Batch,
): Promise<Outcome | null> {
  if (turn.givingUp?.aborted) return null;
  const body = renderBatch(batch);
  const at = parts.clock();
  const outcome = await parts.transmitter.transmit({
    url: webhook.targetUrl,
    body,
    headers: authHeaders(webhook.authentication, { id: () => messageId(webhook.id, batch), body, at }),
    timeoutMs: parts.settings.deliveryTimeoutMs,
  });
  if (turn.givingUp?.aborted && outcome.kind === 'unreachable') return null;
  parts.observer.transmitted({ webhook, lane: turn.lane, batch, outcome, at, bodyBytes: body.length });
  return outcome;
}

/** The webhook as the directory knows it, or null when it may not be delivered to: deleted, or not activated. */
export async function activeWebhook(parts: RunParts, turn: Turn): Promise<Webhook | null> {
  const webhook = await parts.directory.webhook(turn.webhookId);
  return webhook?.status === 'activated' ? webhook : null;
}
