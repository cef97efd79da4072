import type { Webhook } from '#libs/domain/webhook.ts';
import { NoticeQueue } from '#libs/notices/noticeQueue.ts';
import { NoticeWorker } from '#libs/notices/noticeWorker.ts';
import { Watcher } from '#libs/notices/watcher.ts';
import type { Metrics } from '#libs/runtime/metrics.ts';
import { VERSION } from '#libs/runtime/version.ts';
import { createTransmitter } from '#libs/target/transmit.ts';
import type { connectServices, WorkerParts } from './services.ts';

interface NoticeParts extends WorkerParts {
  readonly services: ReturnType<typeof connectServices>;
  readonly metrics: Metrics;
}

/** What looks for changes of webhooks that operators should hear of, and what tells them. Not yet started. */
export function createNotices(parts: NoticeParts): { watcher: Watcher; sender: NoticeWorker } {
  const { config, logger, lifecycle, services, metrics } = parts;
  const { redis, prefix, telemetry, failing, store, feed } = services;
  metrics.gauge('postrider_failing_webhooks', 'Webhooks of which every transmission fails', () => {
    return failing.count();
  });
  const queue = new NoticeQueue({ redis, prefix, telemetry });
  lifecycle.add('queue of notices', () => queue.close());

  async function suspend({ id, clientId }: Pick<Webhook, 'id' | 'clientId'>): Promise<boolean> {
    const { kind } = await store.changeStatus({ id, clientId }, 'suspend');
    if (kind !== 'found') return false;
    await feed.announce({ clientId, webhookId: id });
    return true;
  }

  return {
    watcher: new Watcher({ ...services, queue, suspend, times: config.notices, logger }),
    sender: new NoticeWorker({
      redis,
      prefix,
      telemetry,
      logger,
      receiver: receiver(parts),
      onNotice: (kind) => metrics.notices.inc({ kind }),
    }),
  };
}

/**
 * An operator's own system may be anywhere, most likely at a private address: its URL comes from the environment, like
 * that of Redis, so that the guard against customers' URLs would only be in the way. What guards against the answer
 * stays: it is read to a bound, and redirects are not followed.
 */
function receiver({ config, lifecycle }: NoticeParts) {
  const { url } = config.notices;
  if (url === undefined) return null;
  const policy = { mode: 'development', allow: [] } as const;
  const transmitter = createTransmitter({ policy, egress: config.egress, version: VERSION });
  lifecycle.add('way to NOTIFY_URL', () => transmitter.close());
  return { url, transmitter };
}
