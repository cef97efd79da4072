import type { ConnectedBacklog } from '#libs/backlog/connectBacklog.ts';
import { BacklogSink } from '#libs/backlog/sink.ts';
import type { Append } from '#libs/backlog/transitions.ts';
import type { Config } from '#libs/config/loadConfig.ts';
import { HourlyStatistics } from '#libs/deliveryLog/hourlyStatistics.ts';
import { KeptCipher } from '#libs/keptEvents/keptCipher.ts';
import { KeptStore } from '#libs/keptEvents/keptStore.ts';
import { Resender } from '#libs/keptEvents/resender.ts';
import type { Logger } from '#libs/logging/logger.ts';
import type { Database } from '#libs/store/database.ts';
import type { WebhookStore } from '#libs/store/webhookStore.ts';
import type { ResendRouteParts } from './resendRoutes.ts';

/** What it takes to resend: the kept events in MySQL, and the backlogs in Redis that they go back into. */
export function createResendParts(parts: {
  readonly config: Config;
  readonly logger: Logger;
  readonly database: Database;
  readonly backlog: ConnectedBacklog;
  readonly store: WebhookStore;
}): ResendRouteParts {
  const { config, logger, database, backlog, store } = parts;
  const cipher = new KeptCipher({ keys: config.encryptionKeys });
  const resender = new Resender({
    store: new KeptStore({ database, cipher }),
    sink: config.deliveryLogDays > 0 ? countingSink(parts) : new BacklogSink(backlog),
    clock: Date.now,
    logger,
  });
  return { database, store, resender, now: () => new Date() };
}

/** What is resent is received once more, so that what came in and what became of it add up. */
function countingSink(parts: {
  readonly database: Database;
  readonly backlog: ConnectedBacklog;
  readonly logger: Logger;
}): Pick<BacklogSink, 'appendChunks'> {
  const sink = new BacklogSink(parts.backlog);
  const statistics = new HourlyStatistics(parts);
  const count = ({ webhookId, chunks }: Append) => {
    const events = chunks.reduce((sum, { clocks }) => sum + clocks.length, 0);
    return statistics.addReceived(webhookId, events, Date.now());
  };
  return {
    async appendChunks(appends, options) {
      await sink.appendChunks(appends, options);
      // A count is no reason to fail: the events are on their way.
      await Promise.all(appends.map(count)).catch((error: unknown) => {
        parts.logger.warn('What was resent could not be counted', { error });
      });
    },
  };
}
