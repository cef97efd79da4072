import type { SampledType } from '#libs/domain/sampleEvents.ts';
import { DEMO_TYPES } from './demoEvents.ts';
import type { OpenEvent, Tally } from './ledger.ts';
import type { LogFigures } from './logFigures.ts';
import type { WorkerFigures } from './workerMetrics.ts';

/** One sentence of the summary, and whether it holds. */
export interface Check {
  readonly holds: boolean;
  readonly says: string;
}

/** The one event that its endpoint refuses for ever. */
export interface Poison {
  readonly type: SampledType;
  readonly mailId: string;
}

export interface Figures {
  readonly tallies: ReadonlyMap<SampledType, Tally>;
  readonly open: (type: SampledType) => ReadonlyMap<string, OpenEvent>;
  readonly poison: Poison;
  /** Null when they could not be asked. */
  readonly workers: WorkerFigures | null;
  /** Null when it could not be asked. */
  readonly log: LogFigures | null;
  /** Of events that were accepted the first time. */
  readonly latenciesMs: (type: SampledType) => readonly number[];
}

const MAILS_NAMED = 3;
/** The refused event is tried all the time, and the log is written once a second. */
const MAX_TRIES_NOT_YET_LOGGED = 3;

/** Pure: do the figures add up, between mail engine, workers and customer? */
export function checkFigures(figures: Figures): Check[] {
  const total = addUp([...figures.tallies.values()]);
  return [
    checkArrivals(figures, total),
    checkPoison(figures),
    checkAttempts(total),
    checkOnce(total),
    ...checkWorkers(figures.workers, total),
    checkLog(figures.log, total),
    checkLatency(figures),
  ];
}

export function addUp(tallies: readonly Tally[]): Tally {
  const sum = (name: keyof Tally) => tallies.reduce((total, tally) => total + tally[name], 0);
  return {
    published: sum('published'),
    delivered: sum('delivered'),
    retried: sum('retried'),
    waiting: sum('waiting'),
    batches: sum('batches'),
    refusedPosts: sum('refusedPosts'),
    attempts: sum('attempts'),
    refusedAttempts: sum('refusedAttempts'),
    duplicates: sum('duplicates'),
    strangers: sum('strangers'),
    wrongAttempts: sum('wrongAttempts'),
  };
}

function checkArrivals({ tallies, open, poison }: Figures, total: Tally): Check {
  const missing = DEMO_TYPES.flatMap((type) => {
    const mails = [...open(type).keys()].filter((mail) => type !== poison.type || mail !== poison.mailId);
    if (mails.length === 0) return [];
    const named = mails.slice(0, MAILS_NAMED).join(', ') + (mails.length > MAILS_NAMED ? ', …' : '');
    return [`${mails.length} of ${tallies.get(type)?.published ?? 0} ${type} (mail ${named})`];
  });
  if (missing.length > 0) return { holds: false, says: `Not delivered: ${missing.join('; ')}` };
  const holds = DEMO_TYPES.every((type) => {
    const tally = tallies.get(type);
    return tally !== undefined && tally.published > 0 && tally.published === tally.delivered + tally.waiting;
  });
  const says = `${n(total.published)} published = ${n(total.delivered)} delivered + 1 refused for ever`;
  return { holds, says: `${says}, also type by type` };
}

function checkPoison({ open, poison }: Figures): Check {
  const event = open(poison.type).get(poison.mailId);
  if (!event) return { holds: false, says: `${poison.type} event ${poison.mailId} was never refused` };
  const { refusals, refusalsAlone } = event;
  const says =
    refusalsAlone > 0
      ? `The refused event was found, set aside, and tried ${refusals} times, the last ${refusalsAlone} alone`
      : `The refused event was tried ${refusals} times, but never alone`;
  return { holds: refusalsAlone > 0, says };
}

function checkAttempts(total: Tally): Check {
  const { attempts, delivered, refusedAttempts, wrongAttempts } = total;
  if (wrongAttempts > 0) {
    return { holds: false, says: `${n(wrongAttempts)} events came with a wrong attempt number` };
  }
  const holds = attempts === delivered + total.duplicates + total.strangers + refusedAttempts;
  const says = `${n(attempts)} attempts = ${n(delivered)} accepted + ${n(refusedAttempts)} refused`;
  return { holds, says: `${says}, all numbered rightly` };
}

function checkOnce({ duplicates, strangers }: Tally): Check {
  const holds = duplicates === 0 && strangers === 0;
  return { holds, says: `${n(duplicates)} duplicates, ${n(strangers)} events that nobody published` };
}

function checkWorkers(workers: WorkerFigures | null, total: Tally): Check[] {
  if (workers === null) return [{ holds: false, says: 'The workers could not be asked for their figures' }];
  const { received, delivered, pending, rejected, discarded, acceptedPosts, refusedPosts } = workers;
  const sameEvents =
    received === total.published && delivered === total.delivered && pending === total.waiting;
  const samePosts = acceptedPosts === total.batches && refusedPosts === total.refusedPosts;
  return [
    {
      holds: sameEvents && rejected === 0 && discarded === 0,
      says:
        `Workers: ${n(received)} received, ${n(delivered)} delivered, ${n(pending)} pending, ` +
        `${n(rejected)} rejected, ${n(discarded)} discarded`,
    },
    {
      holds: samePosts,
      says:
        `${n(acceptedPosts + refusedPosts)} POSTs = ${n(acceptedPosts)} accepted + ${n(refusedPosts)} refused` +
        (samePosts
          ? ', say workers and customer'
          : `; the customer got ${n(total.batches)} + ${n(total.refusedPosts)}`),
    },
  ];
}

function checkLog(log: LogFigures | null, total: Tally): Check {
  if (log === null) return { holds: false, says: 'The delivery log could not be read' };
  const { received, delivered, discarded, pending, acceptedPosts, acceptedEvents, refusedPosts } = log;
  const sameEvents =
    received === total.published &&
    [delivered, acceptedEvents].every((events) => events === total.delivered) &&
    pending === total.waiting &&
    discarded === 0;
  const notYetLogged = total.refusedPosts - refusedPosts;
  const samePosts = acceptedPosts === total.batches && notYetLogged >= 0;
  const says =
    `Delivery log: ${n(received)} received, ${n(delivered)} delivered in ` +
    `${n(acceptedPosts)} POSTs, ${n(pending)} pending`;
  return { holds: sameEvents && samePosts && notYetLogged <= MAX_TRIES_NOT_YET_LOGGED, says };
}

/** At an endpoint that fails, events stand behind the refused ones; that tells nothing of ours. */
function checkLatency({ tallies, latenciesMs }: Figures): Check {
  const well = DEMO_TYPES.filter((type) => tallies.get(type)?.refusedPosts === 0);
  const sorted = well.flatMap(latenciesMs).toSorted((a, b) => a - b);
  const at = (share: number) =>
    n(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  const says = `First deliveries at healthy endpoints: 50 % within ${at(0.5)} ms, 95 % ${at(0.95)} ms, all ${at(1)} ms`;
  return { holds: sorted.length > 0, says };
}

/** 1,234 wherever the demo runs. */
function n(value: number): string {
  return value.toLocaleString('en-US');
}
