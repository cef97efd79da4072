import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { SAMPLE_EVENTS, type SampledType } from '#libs/domain/sampleEvents.ts';
import { PublishError } from '#libs/publisher/publishError.ts';
import { createPublisher, type MailEvent } from '#libs/publisher/publisher.ts';
import { ENDPOINTS, type Endpoint, isDoomed } from './endpoints.ts';
import { eventId, LedgerFile } from './ledger.ts';
import { Random } from './random.ts';

/** The process that plays a mail engine: its events go into the queues, and what became of them into its ledger. */
export interface ProducerOptions {
  readonly name: string;
  /** A new one for each start, so that no id comes twice. */
  readonly incarnation: number;
  /** packed: by Postrider's publisher. single: plain BullMQ jobs of one event, as any producer adds them. */
  readonly mode: 'packed' | 'single';
  readonly redisUrl: string;
  readonly prefix: string;
  readonly ledgerPath: string;
  readonly seed: number;
  readonly eventsPerSecond: number;
  readonly ttlMs: number;
}

const TICK_MS = 20;
const MAX_PARCEL = 20;
/** A mail engine that does not wait for ever: beyond this, ticks are skipped. */
const MAX_UNDER_WAY = 500;
/** How much of its time to live a doomed event has left when it is published. */
const DOOMED_LEFT_MS = 15_000;
/** One parcel in so many for the picky endpoint is a poisoned event. */
const POISON_ONE_IN = 8;
const REPORT_EVERY_MS = 500;
/** What the publisher, and a plain BullMQ queue, say of a connection that is closed already. */
const NEVER_SENT = ['Connection is closed', "Stream isn't writeable and enableOfflineQueue options is false"];

const options = JSON.parse(process.argv[2] ?? '') as ProducerOptions;
const { name, incarnation, mode } = options;
const ledger = new LedgerFile(options.ledgerPath);
const random = new Random(options.seed, `producer ${name} ${incarnation}`);
const publish = mode === 'packed' ? packed() : single();
const groups = weighted(ENDPOINTS);
const underWay = new Set<Promise<void>>();
let parcels = 0;
let acknowledged = 0;
let owed = 0;

const ticks = setInterval(tick, TICK_MS);
setInterval(report, REPORT_EVERY_MS);
process.once('disconnect', () => process.exit());
process.once('SIGTERM', async () => {
  clearInterval(ticks);
  await Promise.all(underWay);
  process.send?.({ acknowledged }, () => process.exit());
});

/** What came since the last report. */
function report(): void {
  process.send?.({ acknowledged });
  acknowledged = 0;
}

function tick(): void {
  owed = Math.min(owed + (options.eventsPerSecond * TICK_MS) / 1_000, options.eventsPerSecond);
  while (owed >= 1 && underWay.size < MAX_UNDER_WAY) {
    const endpoint = random.pick(groups);
    const size = mode === 'single' ? 1 : Math.min(Math.floor(owed), random.between(1, MAX_PARCEL));
    owed -= size;
    const sent = send(endpoint, size).finally(() => underWay.delete(sent));
    underWay.add(sent);
  }
}

async function send(endpoint: Endpoint, size: number): Promise<void> {
  const { clientId, type, behaviour } = endpoint;
  const poisoned = behaviour === 'picky' && random.between(1, POISON_ONE_IN) === 1;
  const count = poisoned ? 1 : size;
  const now = Date.now();
  const created = poisoned || isDoomed(endpoint) ? now - options.ttlMs + DOOMED_LEFT_MS : now;
  parcels += 1;
  const parcel = `${name}${incarnation}-${parcels}`;
  const { attempt: _, ...sample } = { attempt: 0, ...SAMPLE_EVENTS[type][0] };
  const events = Array.from({ length: count }, (_, index): MailEvent => {
    const id = eventId(parcel, index);
    return { ...sample, id, type, clientId, created, ...(poisoned ? { poison: true } : {}) };
  });
  ledger.append('P', parcel, clientId, type, count, created, now);
  try {
    await publish(type, events);
    ledger.append('A', parcel, Date.now());
    acknowledged += count;
  } catch (error) {
    if (wasNeverSent(error)) {
      ledger.append('F', parcel, Date.now());
      return;
    }
    const missing = error instanceof PublishError ? error.events.map((event) => events.indexOf(event)) : [];
    if (missing.length === 0 || missing.length === count) ledger.append('U', parcel, Date.now());
    else ledger.append('A', parcel, Date.now(), missing.join(','));
  }
}

/** There was no connection to send it by. Whatever else goes wrong may have happened after Redis had it. */
function wasNeverSent(error: unknown): boolean {
  const cause = error instanceof PublishError ? error.cause : error;
  return cause instanceof Error && NEVER_SENT.includes(cause.message);
}

function packed() {
  const publisher = createPublisher({ redisUrl: options.redisUrl, prefix: options.prefix });
  return (_type: SampledType, events: readonly MailEvent[]) => publisher.publish(events);
}

function single() {
  const redis = new Redis(options.redisUrl, { enableOfflineQueue: false, maxRetriesPerRequest: 1 });
  redis.on('error', () => {});
  const queues = new Map<string, Queue>();
  return async (type: SampledType, events: readonly MailEvent[]) => {
    let queue = queues.get(type);
    if (!queue) {
      queue = new Queue(`events-${type}`, { connection: redis, prefix: options.prefix });
      queue.on('error', () => {});
      queues.set(type, queue);
    }
    for (const event of events) await queue.add(type, event);
  };
}

/** Each endpoint as often as its weight says; of several for the same events, one. */
function weighted(endpoints: readonly Endpoint[]): [Endpoint, ...Endpoint[]] {
  const distinct = [...Map.groupBy(endpoints, ({ clientId, type }) => `${clientId} ${type}`).values()];
  const all = distinct.flatMap(([first]) => (first ? Array.from({ length: first.weight }, () => first) : []));
  const [first, ...others] = all;
  if (!first) throw new Error('There is no endpoint to publish for.');
  return [first, ...others];
}
