import type { Cluster, Redis } from 'ioredis';
import type { Registry } from 'prom-client';
import { addGauge } from './metrics.ts';
import { mastersOf } from './redisMasters.ts';

/** From here on, somebody should look: there is time left to add memory or to find out what fills it. */
const WARN_FROM = 0.8;
/** From here on it is a matter of moments. */
const FULL_FROM = 0.95;

export interface RedisMemory {
  readonly usedBytes: number;
  /** 0: no limit. */
  readonly maxBytes: number;
  readonly policy: string;
}

interface Informant {
  info(section: string): Promise<string>;
}

/** Of the server that is nearest to being full: with one of them full, a cluster refuses what belongs there. */
export async function readRedisMemory(masters: readonly Informant[]): Promise<RedisMemory> {
  const each = await Promise.all(masters.map(readOne));
  const [fullest] = each.sort((one, other) => fillOf(other) - fillOf(one));
  if (fullest === undefined) throw new Error('no node of the cluster answers');
  return fullest;
}

function fillOf({ usedBytes, maxBytes }: RedisMemory): number {
  return maxBytes === 0 ? 0 : usedBytes / maxBytes;
}

async function readOne(redis: Informant): Promise<RedisMemory> {
  const text = await redis.info('memory');
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(text)?.[1] ?? '';
  return {
    usedBytes: Number(field('used_memory')),
    maxBytes: Number(field('maxmemory')),
    policy: field('maxmemory_policy'),
  };
}

/** What an operator should know before Redis is full, or null. Pure. */
export function memoryWarning({ usedBytes, maxBytes, policy }: RedisMemory): string | null {
  if (maxBytes === 0) return null;
  if (policy !== 'noeviction') {
    return `maxmemory-policy is ${policy}: Redis would throw events away. Set it to noeviction`;
  }
  return usedBytes < maxBytes * WARN_FROM ? null : describe(usedBytes, maxBytes);
}

/** The same, once it is as good as full. Pure. */
export function memoryProblem({ usedBytes, maxBytes }: RedisMemory): string | null {
  return maxBytes === 0 || usedBytes < maxBytes * FULL_FROM ? null : describe(usedBytes, maxBytes);
}

function describe(usedBytes: number, maxBytes: number): string {
  const percent = Math.floor((usedBytes / maxBytes) * 100);
  return `${percent} % of Redis' maxmemory is used; at 100 % no new event is taken`;
}

export function addMemoryGauges(registry: Registry, redis: Redis | Cluster): void {
  const gauge = (name: string, help: string, value: (memory: RedisMemory) => number) =>
    addGauge(registry, { name, help, read: async () => value(await readRedisMemory(mastersOf(redis))) });
  gauge(
    'postrider_redis_memory_used_bytes',
    'Memory that Redis uses; of a cluster, its fullest node',
    ({ usedBytes }) => usedBytes,
  );
  gauge('postrider_redis_memory_max_bytes', 'Its maxmemory; 0: no limit', ({ maxBytes }) => maxBytes);
}
