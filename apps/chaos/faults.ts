/** Something that goes wrong, or an operator's doing. Durations are in ms. */
export type Fault =
  | { readonly kind: 'killWorker'; readonly worker: number }
  | { readonly kind: 'killAllWorkers' }
  | { readonly kind: 'pauseWorker'; readonly worker: number; readonly forMs: number }
  | {
      readonly kind: 'cutWorkerOff';
      readonly worker: number;
      readonly forMs: number;
      readonly silently: boolean;
    }
  | { readonly kind: 'forgetConnections'; readonly worker: number }
  | { readonly kind: 'rollWorkers' }
  /** Whichever worker has the turn of this webhook, again and again. */
  | { readonly kind: 'killWorkerOfWebhook'; readonly endpoint: string; readonly times: number }
  | { readonly kind: 'killRedis'; readonly downMs: number }
  | { readonly kind: 'pauseRedis'; readonly forMs: number }
  | { readonly kind: 'cutRedisOff'; readonly forMs: number }
  | { readonly kind: 'resetRedisConnections' }
  | { readonly kind: 'killMysql'; readonly downMs: number }
  | { readonly kind: 'pauseMysql'; readonly forMs: number }
  | { readonly kind: 'killApi' }
  | { readonly kind: 'killProducer'; readonly producer: number }
  | { readonly kind: 'killReceiver' }
  | { readonly kind: 'pauseReceiver'; readonly forMs: number }
  | { readonly kind: 'deactivate'; readonly endpoint: string; readonly forMs: number }
  | { readonly kind: 'retarget'; readonly endpoint: string };

/** A delivery job's lock lasts 15 s: a worker that is paused for longer has lost it. */
export const PAST_THE_LOCK_MS = 18_000;
/** About how long a fault occupies its track: an estimate, for the layout only. */
export function durationMs(fault: Fault): number {
  switch (fault.kind) {
    case 'pauseWorker':
    case 'cutWorkerOff':
    case 'pauseRedis':
    case 'cutRedisOff':
    case 'pauseMysql':
    case 'pauseReceiver':
    case 'deactivate':
      return fault.forMs;
    case 'killRedis':
    case 'killMysql':
      return fault.downMs + 500;
    case 'rollWorkers':
      return 6_000;
    case 'killWorkerOfWebhook':
      return fault.times * 18_000;
    default:
      return 0;
  }
}

/** Faults of this kind hit neither events nor their attempts: all others may leave a second copy of some. */
export function isCrash({ kind }: Fault): boolean {
  return ![
    'deactivate',
    'retarget',
    'killApi',
    'killProducer',
    'killMysql',
    'pauseMysql',
    'rollWorkers',
  ].includes(kind);
}

/** A process that sends or receives stands still. */
export function isPause({ kind }: Fault): boolean {
  return kind === 'pauseWorker' || kind === 'pauseReceiver';
}

/** In words, for the report. Faults of one description are counted together. */
export function describe(fault: Fault): string {
  const seconds = (ms: number) => (ms < 1_000 ? 'under 1 s' : `about ${Math.round(ms / 1_000)} s`);
  switch (fault.kind) {
    case 'killWorker':
      return 'a worker killed';
    case 'killAllWorkers':
      return 'all workers killed';
    case 'pauseWorker':
      return fault.forMs >= PAST_THE_LOCK_MS ? 'a worker paused past its locks' : 'a worker paused';
    case 'cutWorkerOff':
      return `a worker cut off from Redis${fault.silently ? ' silently' : ''}`;
    case 'forgetConnections':
      return "a worker's connections to Redis forgotten";
    case 'rollWorkers':
      return 'all workers restarted in turn';
    case 'killWorkerOfWebhook':
      return "one webhook's worker killed 3 times and more in a row";
    case 'killRedis':
      return 'Redis killed';
    case 'pauseRedis':
      return 'Redis paused';
    case 'cutRedisOff':
      return `Redis cut off for ${seconds(fault.forMs)}`;
    case 'resetRedisConnections':
      return 'all connections to Redis reset';
    case 'killMysql':
      return 'MySQL killed';
    case 'pauseMysql':
      return 'MySQL paused';
    case 'killApi':
      return 'the API killed';
    case 'killProducer':
      return 'a producer killed';
    case 'killReceiver':
      return 'the receiver killed';
    case 'pauseReceiver':
      return 'the receiver paused';
    case 'deactivate':
      return 'a webhook deactivated and activated again';
    case 'retarget':
      return "a webhook's target changed";
  }
}
