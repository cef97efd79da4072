import type { DeliveryObserver } from '#libs/delivery/runParts.ts';
import { Archive } from '#libs/keptEvents/archive.ts';
import { DiscardKeeper } from '#libs/keptEvents/discardKeeper.ts';
import type { KeptReason } from '#libs/keptEvents/keptChunk.ts';
import { KeptCipher } from '#libs/keptEvents/keptCipher.ts';
import { KeptExpiry } from '#libs/keptEvents/keptExpiry.ts';
import { KeptStore } from '#libs/keptEvents/keptStore.ts';
import type { Metrics } from '#libs/runtime/metrics.ts';
import { Database } from '#libs/store/database.ts';
import type { connectServices, WorkerParts } from './services.ts';

/** Nobody waits for it, and a write may be large. */
const TIMEOUT_MS = 10_000;

interface KeepingParts extends WorkerParts {
  readonly services: ReturnType<typeof connectServices>;
  readonly metrics: Metrics;
}

/**
 * Keeps in MySQL what was discarded and, if the deployment archives, what was delivered, both off the deliveries' way.
 * Stopped after the deliveries, whose last events it writes.
 */
export function startKeeping({ config, logger, lifecycle, services, metrics }: KeepingParts) {
  const { discarded, clock } = services;
  // With connections of its own, so that nobody who delivers ever waits for one.
  const database = new Database({ databaseUrl: config.databaseUrl, timeoutMs: TIMEOUT_MS });
  lifecycle.add('kept events: mysql', () => database.close());
  const { discardedDays, archiveDays } = config.keeping;
  const store = new KeptStore({ database, cipher: new KeptCipher({ keys: config.encryptionKeys }) });
  const onNotKept = (reason: KeptReason) => (events: number) => metrics.eventsNotKept.inc({ reason }, events);
  const common = { store, clock, logger };
  const keeper = new DiscardKeeper({ ...common, discarded, onNotKept: onNotKept('expired') });
  const archive = archiveDays > 0 ? new Archive({ ...common, onNotKept: onNotKept('delivered') }) : null;
  const days = { expired: discardedDays, delivered: archiveDays };
  const expiry = new KeptExpiry({ database, days, logger });
  for (const [name, part] of Object.entries({ expiry, keeper, archive })) {
    if (part === null) continue;
    part.start();
    lifecycle.add(`kept events: ${name}`, () => part.close());
  }
  return {
    /** The same observer, which tells us too. */
    observe: (observer: DeliveryObserver): DeliveryObserver => ({
      transmitted(transmission) {
        observer.transmitted(transmission);
        const { webhook, batch, outcome } = transmission;
        if (outcome.kind === 'accepted') archive?.add(webhook.id, batch.units);
      },
      discarded(webhookId, events, reason) {
        observer.discarded(webhookId, events, reason);
        keeper.poke();
      },
    }),
  };
}
