import type { Cluster, Redis } from 'ioredis';
import { isCluster } from '#libs/publisher/replicas.ts';

/** The servers that hold keys: the one that there is, or the masters of a cluster. */
export function mastersOf(redis: Redis | Cluster): readonly Redis[] {
  return isCluster(redis) ? redis.nodes('master') : [redis];
}

/** Null when every server that holds keys answers, else what does not. */
export async function findSilentMaster(redis: Redis | Cluster): Promise<string | null> {
  const masters = mastersOf(redis);
  if (masters.length === 0) return 'no node of the cluster answers';
  const answers = await Promise.all(masters.map((master) => master.ping()));
  return answers.every((answer) => answer === 'PONG') ? null : 'Redis does not answer PONG';
}

/**
 * `follower` reconnects when `leader` had to and it has not noticed anything itself: where another server has become the
 * master, it must not go on reading from the old one. The nodes of a cluster say so by themselves.
 */
export function keepTogether(leader: Redis | Cluster, follower: Redis | Cluster): void {
  if (isCluster(leader) || isCluster(follower)) return;
  let isBehind = false;
  leader.on('close', () => {
    isBehind = true;
  });
  follower.on('ready', () => {
    isBehind = false;
  });
  leader.on('ready', () => {
    if (isBehind && follower.status === 'ready') follower.disconnect(true);
    isBehind = false;
  });
}

/**
 * Calls `listener` whenever something that others wrote may have gone missing: Redis is back after an outage, or
 * another server has become a master.
 */
export function onceBack(redis: Redis | Cluster, listener: () => void): void {
  redis.on('ready', listener);
  if (!isCluster(redis)) return;
  let known: string | undefined;
  redis.on('refresh', () => {
    const masters = mastersOf(redis)
      .map(({ options }) => `${options.host}:${options.port}`)
      .sort()
      .join();
    if (known !== undefined && masters !== known) listener();
    known = masters;
  });
}
