import type { SampledType } from '#libs/domain/sampleEvents.ts';
import { Random } from './random.ts';

/** How a customer's endpoint misbehaves. All but `steady` and the doomed ones have good phases too. */
export type Behaviour =
  | 'steady'
  | 'status500'
  | 'status204'
  | 'hang'
  | 'reset'
  /** Takes the events, and the answer is lost on the wire. */
  | 'lostAnswer'
  /** Answers 200 when nobody waits any more. */
  | 'late'
  | 'slow'
  /** Refuses whatever batch holds a poisoned event, for ever. */
  | 'picky'
  /** Its name points elsewhere, nowhere, or is not answered. */
  | 'movingName'
  | 'closedPort'
  | 'always500';

export interface Endpoint {
  readonly name: string;
  readonly behaviour: Behaviour;
  readonly clientId: number;
  readonly type: SampledType;
  /** Its share of the events. */
  readonly weight: number;
  /** Its webhook is deactivated, activated and changed while events flow. */
  readonly changing?: true;
}

/** Never accepts anything: its events come into the world old, so that they expire within the run. */
export function isDoomed({ behaviour }: Pick<Endpoint, 'behaviour'>): boolean {
  return behaviour === 'closedPort' || behaviour === 'always500';
}

/** Healthy throughout: whatever delays its events is Postrider's, or a planned fault's. */
export function isHealthy({ behaviour, changing }: Endpoint): boolean {
  return behaviour === 'steady' && !changing;
}

const steady = (name: string, clientId: number, type: SampledType): Endpoint => {
  return { name, behaviour: 'steady', clientId, type, weight: 10 };
};
const odd = (behaviour: Behaviour, clientId: number, type: SampledType = 'open'): Endpoint => {
  return { name: behaviour, behaviour, clientId, type, weight: 3 };
};

export const ENDPOINTS: readonly Endpoint[] = [
  // One client with two webhooks for the same events, and one for others.
  steady('steady-1', 1001, 'open'),
  steady('steady-2', 1001, 'open'),
  steady('steady-3', 1001, 'click'),
  steady('steady-4', 1002, 'open'),
  steady('steady-5', 1003, 'click'),
  steady('steady-6', 1004, 'sent'),
  { ...steady('changing-1', 1011, 'open'), weight: 5, changing: true },
  { ...steady('changing-2', 1012, 'click'), weight: 5, changing: true },
  { ...steady('changing-3', 1013, 'bounce'), weight: 5, changing: true },
  odd('status500', 1021),
  odd('status204', 1022),
  odd('hang', 1023, 'click'),
  odd('reset', 1024),
  odd('lostAnswer', 1025),
  odd('late', 1026),
  odd('slow', 1027, 'sent'),
  odd('picky', 1028),
  odd('movingName', 1029, 'unsubscribe'),
  odd('closedPort', 1031),
  odd('always500', 1032, 'spamcomplaint'),
];

const BAD_MS = [3_000, 12_000] as const;
const GOOD_MS = [3_000, 8_000] as const;

/** Whether an endpoint misbehaves now. From the end of the load on, all that can are good, so that all drains. */
export class Phases {
  readonly #startedAt: number;
  readonly #starts: readonly { readonly atMs: number; readonly bad: boolean }[];

  constructor(parts: { seed: number; name: string; startedAt: number; loadMs: number }) {
    const random = new Random(parts.seed, `phases of ${parts.name}`);
    const starts = [{ atMs: 0, bad: false }];
    let atMs = random.between(...GOOD_MS);
    for (let bad = true; atMs < parts.loadMs; bad = !bad) {
      starts.push({ atMs, bad });
      const [min, max] = bad ? BAD_MS : GOOD_MS;
      atMs += random.between(min, max);
    }
    starts.push({ atMs: parts.loadMs, bad: false });
    this.#startedAt = parts.startedAt;
    this.#starts = starts;
  }

  isBad(now: number): boolean {
    return this.#starts.findLast(({ atMs }) => this.#startedAt + atMs <= now)?.bad ?? false;
  }

  /** How many phases have begun. */
  count(now: number): number {
    return this.#starts.filter(({ atMs }) => this.#startedAt + atMs <= now).length;
  }
}
