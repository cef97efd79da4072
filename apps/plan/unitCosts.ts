/**
 * What one unit of work costs, as `npm run bench` measured it (docs/performance.md): with several processes on two
 * shared cores, so that a machine of its own does better. Plans are made from these figures and nothing else.
 */
export const UNIT_COSTS = {
  /** Of a worker, for an event that comes packed and goes out in a batch of 100 to one webhook. */
  workerCpuMicrosPerEvent: 12.7,
  /** Of Redis, queue and backlog together, for such an event. */
  redisCpuMicrosPerEvent: 3.3,
  /** Of Redis, for one try of a dead endpoint: 81 commands. */
  redisCpuMicrosPerDeadTry: 723,
  /** Of a worker, for one try of a dead endpoint. */
  workerCpuMicrosPerDeadTry: 1_595,
  /** Of Redis, for an event that waits. */
  redisBytesPerPendingEvent: 36,
  /** Of Redis, for a webhook that has ever had an event (its emptied stream, its state): reckoned, not measured. */
  redisBytesPerWebhook: 600,
} as const;

/** How far a core or a memory is filled before another one is planned: peaks and failures need the rest. */
export const TARGET_LOAD = 0.5;
export const MEMORY_BYTES_PER_REDIS = 32 * 1024 ** 3;
/** A mailing's events come in hours, not spread over the day. */
export const PEAK_FACTOR = 4;
/** RETRY_INTERVAL_MS and EVENT_TTL_MS of contract §3. */
export const RETRY_INTERVAL_S = 10;
export const TTL_DAYS = 3;
