import { type Endpoint, isHealthy } from './endpoints.ts';
import type { Parcel, Post } from './ledger.ts';

/** A fault that was planned, and when it began and was over. Times are epoch ms. */
export interface FiredFault {
  readonly id: string;
  /** Faults of one description are counted together. */
  readonly description: string;
  readonly from: number;
  readonly to: number;
  /** It may leave a second copy of some events, or a lower attempt. */
  readonly isCrash: boolean;
  /** A process that sends or receives stood still. */
  readonly isPause: boolean;
}

export interface FaultFigures {
  readonly description: string;
  readonly fired: number;
  /** Of events published from its begin until a second after its end; null when there were none. */
  readonly p99Ms: number | null;
  /** How long after its end the last event of about that time arrived: the worst of all that fired. */
  readonly longestRecoveryMs: number;
}

/** One arrival at a healthy endpoint. */
interface Arrival {
  readonly sentAt: number;
  readonly at: number;
}

/** So long before a fault begins, events may still be on their way inside of what it hits. */
const BEFORE_MS = 1_000;
const AFTER_MS = 1_000;

/** How healthy endpoints fared, from publishing to arrival: a fault's price. */
export class Latencies {
  readonly #arrivals: readonly Arrival[];

  constructor(parts: {
    endpoints: readonly Endpoint[];
    parcels: ReadonlyMap<string, Parcel>;
    posts: Iterable<Post>;
  }) {
    const healthy = new Set(parts.endpoints.filter(isHealthy).map(({ name }) => name));
    const first = new Map<string, Arrival>();
    for (const { endpoint, accepted, at, events } of parts.posts) {
      if (!accepted || !healthy.has(endpoint)) continue;
      for (const { parcel: id } of events) {
        const parcel = parts.parcels.get(id);
        const key = `${endpoint} ${id}`;
        if (parcel && !first.has(key)) first.set(key, { sentAt: parcel.sentAt, at });
      }
    }
    this.#arrivals = [...first.values()].sort((a, b) => a.sentAt - b.sentAt);
  }

  /** Of all events, or of those published when no fault was near. */
  p99Ms({ awayFrom = [] }: { awayFrom?: readonly FiredFault[] } = {}): number | null {
    const quiet = this.#arrivals.filter(({ sentAt, at }) => {
      return !awayFrom.some(({ from, to }) => from - BEFORE_MS <= at && sentAt <= to + AFTER_MS);
    });
    return percentile99(quiet);
  }

  figures(faults: readonly FiredFault[]): FaultFigures[] {
    const byDescription = Map.groupBy(faults, ({ description }) => description);
    return [...byDescription].map(([description, fired]) => {
      const during = fired.flatMap(({ from, to }) => this.#sentBetween(from, to + AFTER_MS));
      const recoveries = fired.map((fault) => this.#recoveryMs(fault));
      const longestRecoveryMs = Math.max(0, ...recoveries);
      return { description, fired: fired.length, p99Ms: percentile99(during), longestRecoveryMs };
    });
  }

  #recoveryMs({ from, to }: FiredFault): number {
    let longest = 0;
    for (const { sentAt, at } of this.#sentBetween(from - BEFORE_MS, to + AFTER_MS)) {
      longest = Math.max(longest, at - Math.max(to, sentAt));
    }
    return longest;
  }

  #sentBetween(from: number, to: number): readonly Arrival[] {
    const first = this.#arrivals.findIndex(({ sentAt }) => sentAt >= from);
    if (first < 0) return [];
    const end = this.#arrivals.findIndex(({ sentAt }, index) => index >= first && sentAt > to);
    return this.#arrivals.slice(first, end < 0 ? undefined : end);
  }
}

function percentile99(arrivals: readonly Arrival[]): number | null {
  const sorted = arrivals.map(({ at, sentAt }) => at - sentAt).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? null;
}
