import type { ConnectedBacklog } from '#libs/backlog/connectBacklog.ts';
import { BacklogSink } from '#libs/backlog/sink.ts';
import type { Config } from '#libs/config/loadConfig.ts';
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
    sink: new BacklogSink(backlog),
    clock: Date.now,
    logger,
  });
  return { database, store, resender, now: () => new Date() };
}
