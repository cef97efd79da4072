import { Activation, type WebhookChange } from './activation.ts';
import type { Endpoint } from './endpoints.ts';
import { eventId, type Parcel, type Post } from './ledger.ts';
import { Receipts } from './receipts.ts';

/** Everything that is known when a run is over. Times are epoch ms. */
export interface Evidence {
  readonly endpoints: readonly Endpoint[];
  readonly parcels: ReadonlyMap<string, Parcel>;
  readonly posts: Iterable<Post>;
  readonly changes: readonly WebhookChange[];
  /** When parts crashed, or were as good as crashed: from the fault's begin until its traces are gone. */
  readonly crashes: readonly { readonly from: number; readonly to: number }[];
  /** When a process that sends or receives stood still: a POST under way then arrives later than it was sent. */
  readonly pauses: readonly { readonly from: number; readonly to: number }[];
  /** Events that the workers said they discarded because their time was over, by endpoint. */
  readonly discarded: ReadonlyMap<string, number>;
  /** What a worker's death may have left unsaid of these. */
  readonly unsaidDiscards: number;
  /** All queues and backlogs were empty at the end. Else what is missing may still be on its way. */
  readonly drained: boolean;
  readonly ttlMs: number;
  readonly judgedAt: number;
}

/** Numbers of events; one that goes to two webhooks counts for each. */
export interface Verdict {
  readonly published: { readonly acknowledged: number; readonly failed: number; readonly unknown: number };
  /** Acknowledged while its webhook was activated: must be delivered, or expire. */
  readonly expected: number;
  readonly delivered: number;
  readonly expired: number;
  readonly stillPending: number;
  readonly lost: Found;
  /** Further copies of events that were accepted before, and the answer had left the receiver. */
  readonly duplicated: number;
  /** Never published, for somebody else, or not while the webhook was activated. */
  readonly unexpected: Found;
  readonly attemptWentDown: { readonly events: number; readonly withoutCrash: Found };
  readonly oversizedPosts: number;
  /** POSTs that came although the webhook had been deactivated, or to a target replaced, for a while. */
  readonly forbiddenPosts: Found;
  readonly posts: number;
}

/** How many, and a few of them for whoever looks for the reason. */
export interface Found {
  readonly count: number;
  readonly samples: readonly string[];
}

const SAMPLES = 20;
const MAX_BATCH = 100;
/** A POST that was on its way when its webhook was deactivated or changed arrives a little later. */
const ON_ITS_WAY_MS = 2_000;

class Finding implements Found {
  count = 0;
  readonly samples: string[] = [];

  add(text: string): void {
    this.count += 1;
    if (this.samples.length < SAMPLES) this.samples.push(text);
  }
}

/** Judges a run: pure. What the producers know and what the receiver knows come in, a verdict goes out. */
export function check(evidence: Evidence): Verdict {
  const activations = new Map(
    evidence.endpoints.map(({ name }) => {
      return [name, new Activation(evidence.changes.filter(({ endpoint }) => endpoint === name))];
    }),
  );
  const receipts = new Receipts();
  const seen = lookAtPosts(evidence, activations, receipts);
  const missing = lookAtParcels(evidence, activations, receipts);
  return { ...seen, ...missing, published: countPublished(evidence.parcels.values()) };
}

function countPublished(parcels: Iterable<Parcel>): Verdict['published'] {
  const counts = { acknowledged: 0, failed: 0, unknown: 0 };
  for (const { outcome, events, missing } of parcels) {
    counts[outcome] += events - missing.size;
    counts.unknown += missing.size;
  }
  return counts;
}

type Activations = ReadonlyMap<string, Activation>;

/** What came, one by one: was it allowed to? */
function lookAtPosts(evidence: Evidence, activations: Activations, receipts: Receipts) {
  const unexpected = new Finding();
  const forbiddenPosts = new Finding();
  const withoutCrash = new Finding();
  const wentDown = new Set<string>();
  let posts = 0;
  let oversizedPosts = 0;
  let duplicated = 0;
  for (const post of evidence.posts) {
    posts += 1;
    if (post.events.length > MAX_BATCH) oversizedPosts += 1;
    const endpoint = evidence.endpoints.find(({ name }) => name === post.endpoint);
    const activation = activations.get(post.endpoint);
    if (!endpoint || !activation) {
      unexpected.add(`a POST to ${post.endpoint}, which no webhook names`);
      continue;
    }
    const reason = whyForbidden(post, sentAfter(post, evidence), activation);
    if (reason) forbiddenPosts.add(`${post.endpoint} at ${post.at}: ${reason}`);
    for (const { parcel: id, index, attempt } of post.events) {
      const parcel = evidence.parcels.get(id);
      const why = whyUnexpected(parcel, index, endpoint, post, activation, evidence);
      if (why) unexpected.add(`${eventId(id, index)} at ${post.endpoint}: ${why}`);
      if (!parcel) continue;
      const before = receipts.note(post, parcel, index, attempt);
      if (before.answered > 0 && post.accepted) duplicated += 1;
      if (attempt >= before.attempt) continue;
      const event = `${eventId(id, index)} at ${post.endpoint}`;
      wentDown.add(event);
      const excused = evidence.crashes.some(({ from, to }) => from <= post.at && to >= parcel.sentAt);
      if (!excused) withoutCrash.add(`${event}: ${before.attempt} → ${attempt}`);
    }
  }
  const attemptWentDown = { events: wentDown.size, withoutCrash };
  return { posts, oversizedPosts, duplicated, unexpected, forbiddenPosts, attemptWentDown };
}

/** The earliest moment at which a POST may have been on its way. */
function sentAfter(post: Post, { pauses }: Evidence): number {
  const since = post.at - ON_ITS_WAY_MS;
  const held = pauses.filter(({ from, to }) => from <= post.at && since <= to);
  return Math.min(since, ...held.map(({ from }) => from - ON_ITS_WAY_MS));
}

function whyForbidden(post: Post, since: number, activation: Activation): string | null {
  if (activation.surelyOff(since, post.at)) return 'the webhook was not activated';
  if (activation.isOldTarget(post.revision, since))
    return `revision ${post.revision} of the target was replaced`;
  return null;
}

function whyUnexpected(
  parcel: Parcel | undefined,
  index: number,
  endpoint: Endpoint,
  post: Post,
  activation: Activation,
  evidence: Evidence,
): string | null {
  if (!parcel) return 'it was never published';
  if (index >= parcel.events) return `its parcel has ${parcel.events} events only`;
  if (parcel.clientId !== endpoint.clientId) return `it is of client ${parcel.clientId}`;
  if (parcel.type !== endpoint.type) return `it is of type ${parcel.type}`;
  if (activation.surelyOff(parcel.sentAt, post.at))
    return 'its webhook was never activated since it was published';
  if (sentAfter(post, evidence) > parcel.created + evidence.ttlMs) return 'its time was over';
  return null;
}

/** What should have come: did it? */
function lookAtParcels(evidence: Evidence, activations: Activations, receipts: Receipts) {
  const { endpoints, drained, ttlMs, judgedAt } = evidence;
  const lost = new Finding();
  let expected = 0;
  let delivered = 0;
  let stillPending = 0;
  const expired = new Map<string, number>();
  for (const parcel of evidence.parcels.values()) {
    if (parcel.outcome !== 'acknowledged') continue;
    const mayExpire = parcel.created + ttlMs <= judgedAt;
    for (const { name, clientId, type } of endpoints) {
      if (clientId !== parcel.clientId || type !== parcel.type) continue;
      if (!activations.get(name)?.surelyOn(parcel.sentAt, parcel.knownAt)) continue;
      for (let index = 0; index < parcel.events; index += 1) {
        if (parcel.missing.has(index)) continue;
        expected += 1;
        if (receipts.accepted(name, parcel, index) > 0) delivered += 1;
        else if (mayExpire) expired.set(name, (expired.get(name) ?? 0) + 1);
        else if (!drained) stillPending += 1;
        else
          lost.add(`${eventId(parcel.id, index)} at ${name}, sent ${parcel.sentAt}, known ${parcel.knownAt}`);
      }
    }
  }
  let proven = 0;
  for (const [name, events] of expired) proven += proveExpired(name, events, evidence, lost);
  return { expected, delivered, expired: proven, stillPending, lost };
}

/** Events whose time is over count as expired if the workers said that they discarded as many. */
function proveExpired(name: string, events: number, evidence: Evidence, lost: Finding): number {
  const said = (evidence.discarded.get(name) ?? 0) + evidence.unsaidDiscards;
  for (let count = said; count < events; count += 1)
    lost.add(`an event at ${name}, of which nobody said that it expired`);
  return Math.min(events, said);
}
