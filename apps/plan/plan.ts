import {
  MEMORY_BYTES_PER_REDIS,
  PEAK_FACTOR,
  RETRY_INTERVAL_S,
  TARGET_LOAD,
  TTL_DAYS,
  UNIT_COSTS,
} from './unitCosts.ts';

export interface Load {
  readonly eventsPerDay: number;
  readonly webhooks: number;
  /** The share of webhooks whose endpoint is dead, 0 to 1. Their events wait until they expire. */
  readonly deadShare: number;
}

export interface Plan {
  readonly peakEventsPerSecond: number;
  readonly deadTriesPerSecond: number;
  readonly pendingEvents: number;
  readonly redisMemoryBytes: number;
  /** Worker processes, of one core each. */
  readonly workers: number;
  /** Redis shards that the CPU asks for, and those that the memory asks for: the larger counts. */
  readonly shardsForCpu: number;
  readonly shardsForMemory: number;
  /** What is full first when the load grows on one Redis. */
  readonly firstWall: 'Redis CPU' | 'Redis memory';
}

/** How many processes carry a load, by the measured unit costs. Pure. */
export function plan({ eventsPerDay, webhooks, deadShare }: Load): Plan {
  const peakEventsPerSecond = (eventsPerDay / 86_400) * PEAK_FACTOR;
  const deadTriesPerSecond = (webhooks * deadShare) / RETRY_INTERVAL_S;
  const pendingEvents = eventsPerDay * deadShare * TTL_DAYS;
  const redisMemoryBytes =
    pendingEvents * UNIT_COSTS.redisBytesPerPendingEvent + webhooks * UNIT_COSTS.redisBytesPerWebhook;
  const redisCores =
    cores(peakEventsPerSecond, UNIT_COSTS.redisCpuMicrosPerEvent) +
    cores(deadTriesPerSecond, UNIT_COSTS.redisCpuMicrosPerDeadTry);
  const workerCores =
    cores(peakEventsPerSecond, UNIT_COSTS.workerCpuMicrosPerEvent) +
    cores(deadTriesPerSecond, UNIT_COSTS.workerCpuMicrosPerDeadTry);
  const memories = redisMemoryBytes / (MEMORY_BYTES_PER_REDIS * TARGET_LOAD);
  return {
    peakEventsPerSecond,
    deadTriesPerSecond,
    pendingEvents,
    redisMemoryBytes,
    // Two at least: one may always be restarting.
    workers: Math.max(2, Math.ceil(workerCores)),
    shardsForCpu: Math.max(1, Math.ceil(redisCores)),
    shardsForMemory: Math.max(1, Math.ceil(memories)),
    firstWall: redisCores >= memories ? 'Redis CPU' : 'Redis memory',
  };
}

/** Cores that are filled to the target load by so many units a second. */
function cores(unitsPerSecond: number, microsPerUnit: number): number {
  return (unitsPerSecond * microsPerUnit) / 1e6 / TARGET_LOAD;
}
