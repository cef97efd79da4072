import { readFileSync } from 'node:fs';
import type { WebhookChange } from './activation.ts';
import { check } from './checker.ts';
import { ENDPOINTS } from './endpoints.ts';
import { producerLedgers, receiverLedger, TTL_MS, workerLogs } from './fleet.ts';
import type { Lab } from './lab.ts';
import { type FiredFault, Latencies } from './latency.ts';
import { readParcels, readPosts } from './ledger.ts';
import type { Webhooks } from './webhooks.ts';

/** After a crash its traces (locks that run out) last so long: an attempt that goes down is excused by it. */
const TRACES_MS = 25_000;
/** What a worker may have discarded without having said so when it died. */
const UNSAID_PER_CRASH = 100;

/** Reads the ledgers and logs of a run, and judges it. */
export function judge(parts: {
  lab: Lab;
  workers: number;
  webhooks: Webhooks;
  changes: readonly WebhookChange[];
  fired: readonly FiredFault[];
  drained: boolean;
}) {
  const { lab, workers, webhooks, changes, fired, drained } = parts;
  const parcels = readParcels(producerLedgers(lab.folder));
  const posts = () => readPosts([receiverLedger(lab.folder)]);
  const crashes = fired.filter((fault) => fault.isCrash);
  const verdict = check({
    endpoints: ENDPOINTS,
    parcels,
    posts: posts(),
    changes,
    crashes: crashes.map(({ from, to }) => ({ from, to: to + TRACES_MS })),
    pauses: fired.filter((fault) => fault.isPause),
    discarded: readDiscarded(workerLogs(lab.folder, workers), webhooks),
    unsaidDiscards: UNSAID_PER_CRASH * crashes.length,
    drained,
    ttlMs: TTL_MS,
    judgedAt: Date.now(),
  });
  const latencies = new Latencies({ endpoints: ENDPOINTS, parcels, posts: posts() });
  return { verdict, quietP99Ms: latencies.p99Ms({ awayFrom: fired }), figures: latencies.figures(fired) };
}

/** What the workers logged as discarded because its time was over, by endpoint. */
function readDiscarded(paths: readonly string[], webhooks: Webhooks): Map<string, number> {
  const discarded = new Map<string, number>();
  const lines = paths.flatMap((path) => readFileSync(path, 'utf8').split('\n'));
  for (const line of lines) {
    if (!line.includes('Events discarded')) continue;
    const { webhookId, reason, events } = JSON.parse(line) as {
      webhookId: number;
      reason: string;
      events: Record<string, number>;
    };
    const name = webhooks.nameOf(webhookId);
    if (!name || reason !== 'expired') continue;
    const count = Object.values(events).reduce((sum, each) => sum + each, 0);
    discarded.set(name, (discarded.get(name) ?? 0) + count);
  }
  return discarded;
}
